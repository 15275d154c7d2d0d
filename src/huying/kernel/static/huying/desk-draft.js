// Every form of a page in which something longer is written: what is being typed is kept on the server, sealed, and offered
// again.  <form data-draft="name"> gives it a name; without one its place on the page does; data-draft="" keeps nothing.
//   POST   /desk/drafts/<name>  {"fields": {name: [values]}}  ->  {"at": ISO time}
//   GET    /desk/drafts/<name>  ->  {"at": ISO time, "fields": {...}}, or 204 when there is none
//   DELETE /desk/drafts/<name>  ->  204
// Submitting clears it on the server, in the act's own request (the hidden field "draft"); a session that is over makes it
// out of what was sent.  Where it says so: <span class="hy-draft" data-draft-state>.
"use strict";

const PAUSE = 3000;
const UNKEPT = new Set(["csrfmiddlewaretoken", "once", "version", "draft"]);

const kept = form => [...form.elements].filter(one =>
  one.name && !UNKEPT.has(one.name) && !["password", "file", "submit", "button", "hidden"].includes(one.type));

function read(form) {
  const fields = {};
  for (const one of kept(form)) {
    if (["radio", "checkbox"].includes(one.type) && !one.checked) continue;
    const values = one.multiple ? [...one.selectedOptions].map(option => option.value) : [one.value];
    fields[one.name] = (fields[one.name] || []).concat(values);
  }
  return fields;
}

function write(form, fields) {
  for (const one of kept(form)) {
    const values = fields[one.name] || [];
    if (["radio", "checkbox"].includes(one.type)) one.checked = values.includes(one.value);
    else if (one.multiple) [...one.options].forEach(option => { option.selected = values.includes(option.value); });
    else if (values.length) one.value = values[0];
  }
  form.dispatchEvent(new Event("input", { bubbles: true }));
}

const ZONE = { timeZone: "Asia/Shanghai" };
const clock = iso => new Date(iso).toLocaleTimeString("zh-CN", { ...ZONE, hour: "2-digit", minute: "2-digit", hour12: false });

function keep(form) {
  const address = `/desk/drafts/${encodeURIComponent(form.dataset.draft)}`;
  const headers = { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value, "Content-Type": "application/json" };
  const named = document.createElement("input");
  Object.assign(named, { type: "hidden", name: "draft", value: form.dataset.draft });
  form.append(named);
  const asWritten = JSON.stringify(read(form));
  let last = asWritten;
  let timer = 0;
  let state = form.querySelector("[data-draft-state]");
  if (!state) {
    state = document.createElement("span");
    state.className = "hy-draft";
    (form.querySelector(".hy-foot, .hy-acts") || form).append(state);
  }
  state.setAttribute("role", "status");

  async function save() {
    const now = JSON.stringify(read(form));
    if (now === last || "sent" in form.dataset) return;
    try {
      const answer = await fetch(address, { method: "POST", headers, body: `{"fields":${now}}`, keepalive: now.length < 60000 });
      if (answer.status === 401) {
        state.textContent = "登录过期了，草稿没有存上。请在新窗口登录，这一页留着";
        return;
      }
      if (!answer.ok) throw new Error(answer.status);
      last = now;
      state.textContent = `已存草稿 ${clock((await answer.json()).at)}`;
    } catch {
      state.textContent = "草稿没有存上，接着写，连上网会再存";
      timer = setTimeout(save, PAUSE * 3);
    }
  }

  async function offer() {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (answer.status !== 200) return;
    const draft = await answer.json();
    if (JSON.stringify(draft.fields) === asWritten) return;
    const day = new Date(draft.at).toLocaleDateString("zh-CN", { ...ZONE, month: "long", day: "numeric" });
    const note = document.createElement("div");
    note.className = "hy-note";
    note.setAttribute("role", "status");
    const text = document.createElement("div");
    text.textContent = `${day} ${clock(draft.at)} 写到一半的草稿还在。`;
    const acts = document.createElement("p");
    acts.className = "hy-acts";
    const button = (word, what) => {
      const one = document.createElement("button");
      one.type = "button";
      one.className = "btn btn-sm";
      one.textContent = word;
      one.addEventListener("click", () => { what(); note.remove(); });
      acts.append(one);
    };
    button("接着写", () => write(form, draft.fields));
    button("不要了", () => fetch(address, { method: "DELETE", headers }));
    text.append(acts);
    note.append(document.createElement("span"), text);
    form.before(note);
  }

  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, PAUSE); });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  // a form sent back with its mistakes is newer than any draft
  if (!form.querySelector("[aria-invalid=true], .hy-note[role=alert]")) offer().catch(() => {});
}

// dialogs ask for a sentence; the meeting room has its own queue
const longer = [...document.querySelectorAll("#main form[method=post]")].filter(form =>
  !("draft" in form.dataset) && !("queue" in form.dataset) && form.querySelector("textarea") && !form.closest("dialog"));
longer.forEach((form, number) => {
  const place = new URL(form.action).pathname.replace(/[^0-9A-Za-z-]+/g, ".").toLowerCase();
  form.dataset.draft = `at${place}${number || ""}`.slice(0, 120);
});
document.querySelectorAll("form[data-draft]:not([data-draft=''])").forEach(keep);
