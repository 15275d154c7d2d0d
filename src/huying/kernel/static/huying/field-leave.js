// Signing out clears what this phone keeps of the one who leaves.  While records wait to be sent it asks first: signed out,
// nobody could send them any more.
"use strict";

async function fieldLeave(form) {
  const known = indexedDB.databases ? (await indexedDB.databases()).some(one => one.name === FieldStore.name) : true;
  const store = known ? await FieldStore.open() : null;
  const who = store ? await store.here() : "";
  if (who) {
    const left = (await store.entries(who)).filter(one => one.state !== "sent");
    const words = `这台手机上还有 ${left.length} 条工作记录没有交。现在退出就没有了。要退出吗？`;
    if (left.length && !form.dataset.leaving && !window.confirm(words)) { location.assign("/desk/field/"); return; }
    await store.purge(who);
  }
  form.submit();
}

document.addEventListener("submit", event => {
  const form = event.target;
  if (!form.action || !new URL(form.action).pathname.endsWith("/accounts/logout/") || !FieldStore.able()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  fieldLeave(form).catch(() => form.submit());
}, true);
