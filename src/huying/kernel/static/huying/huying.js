// Shared by every page.  Everything works without it; with it, some things are quicker.
// One listener per kind of event on the document, so content that arrives later needs no wiring.
"use strict";

document.documentElement.classList.add("hy-js");

const typing = target => target.closest("input, textarea, select, [contenteditable]");

// -- things that only make sense with scripts are hidden until now
function reveal(root) {
  root.querySelectorAll("[data-large], [data-copy], [data-print], [data-open][hidden]").forEach(one => { one.hidden = false; });
  const first = root.querySelector("[data-focus]");
  if (first) first.focus();
  const now = root.querySelector("dialog[data-open-now]");
  if (now && !now.open) now.showModal();
}
reveal(document);

// -- a long menu shows where one is; on a phone it stands at the end of the page and stays there
const here = matchMedia("(min-width: 992px)").matches && document.querySelector(".hy-nav a[aria-current]");
if (here) here.scrollIntoView({ block: "nearest" });

// -- 大字: the server reads the cookie and renders the class
function large() {
  const on = document.documentElement.classList.toggle("hy-large");
  document.cookie = `hy-large=${on ? 1 : 0}; Max-Age=31536000; Path=/; SameSite=Lax`;
  document.querySelectorAll("[data-large]").forEach(button => button.setAttribute("aria-pressed", on));
}

// -- copy, with a word that says it was done
async function copy(button) {
  const word = button.querySelector("span") || button;
  const before = word.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    word.textContent = "已抄下";
  } catch {
    word.textContent = "请长按号码复制";
  }
  setTimeout(() => { word.textContent = before; }, 3000);
}

function printReceipt() {
  document.body.classList.add("hy-printing-receipt");
  window.print();
  document.body.classList.remove("hy-printing-receipt");
}

document.addEventListener("click", event => {
  const at = event.target.closest("[data-large], [data-open], [data-close], [data-copy], [data-print], [data-back]");
  if (!at) return;
  if ("large" in at.dataset) return large();
  if ("copy" in at.dataset) return copy(at);
  if ("print" in at.dataset) return at.dataset.print === "page" ? window.print() : printReceipt();
  if ("back" in at.dataset) { if (history.length > 1) { event.preventDefault(); history.back(); } return; }
  const dialog = "open" in at.dataset ? document.getElementById(at.dataset.open) : at.closest("dialog");
  if (!dialog || !dialog.showModal) return;
  event.preventDefault();
  if ("open" in at.dataset) dialog.showModal(); else dialog.close();
});

// a link that is announced as a button answers to the space bar too
document.addEventListener("keydown", event => {
  if (event.key === " " && event.target.matches("a[role=button]")) { event.preventDefault(); event.target.click(); }
});

// -- a form is sent once; going back to the page makes it usable again
const submits = form => form.querySelectorAll("button[type=submit], button:not([type])");

document.addEventListener("submit", event => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if ("sent" in form.dataset) { event.preventDefault(); return; }
  form.dataset.sent = "";
  changed.delete(form);
  // after this turn, so that the pressed button's own name and value still go along
  setTimeout(() => submits(form).forEach(button => { button.disabled = true; }));
});

function usable(form) {
  delete form.dataset.sent;
  submits(form).forEach(button => { button.disabled = false; });
}
window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(usable));
document.addEventListener("htmx:afterRequest", event => { if (event.target.matches("form")) usable(event.target); });

// -- nobody leaves with unsaved text by accident
const changed = new Set();
document.addEventListener("input", event => {
  const form = event.target.form;
  if (form && form.method === "post" && !("draft" in form.dataset) && event.target.matches("textarea, input[type=text]")) changed.add(form);
});
window.addEventListener("beforeunload", event => {
  if ([...changed].some(form => form.isConnected)) event.preventDefault();
});

// -- keys: / search, n register, j k through a list, Enter opens, ? shows them
function walk(step) {
  const rows = [...document.querySelectorAll("[data-rows] [data-row]")];
  if (!rows.length) return;
  const here = rows.indexOf(document.activeElement);
  const next = here < 0 ? (step > 0 ? 0 : rows.length - 1) : Math.min(Math.max(here + step, 0), rows.length - 1);
  rows[next].focus();
  rows[next].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || typing(event.target)) return;
  if (document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  if (key === "j") return walk(1);
  if (key === "k") return walk(-1);
  if (key === "?") { const keys = document.getElementById("keys"); if (keys) keys.showModal(); return; }
  const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  if (!target) return;
  event.preventDefault();
  if (target.matches("input")) { target.focus(); target.select(); } else target.click();
});

// -- a photo drawn again as JPEG, its longer side of so many dots at most; what the camera wrote into it stays behind
async function redrawn(file, longest, quality) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = Math.min(1, longest / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const paper = canvas.getContext("2d");
  paper.fillStyle = "white";   // JPEG has no transparent dots
  paper.fillRect(0, 0, canvas.width, canvas.height);
  paper.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return new Promise(done => canvas.toBlob(done, "image/jpeg", quality));
}
