// The room's page: one entry in front, by keyboard; what is written shows at once and waits in the queue
// (meeting-room-queue.js) until the server has it; what others write comes in by itself and never into a field in use.
"use strict";

const room = document.querySelector("[data-room]");
const POLL = 10000;
const MARKS = new Map();           // id of a live part -> its mark on the screen
const all = (selector, root = room) => [...root.querySelectorAll(selector)];
const one = (selector, root = room) => root.querySelector(selector);
const article = place => one(`[data-article="${CSS.escape(place)}"]`);
const live = place => document.getElementById(`live-${place}`);

function make(tag, css, text) {
  const made = document.createElement(tag);
  if (css) made.className = css;
  if (text) made.textContent = text;
  return made;
}

function button(words, what) {
  const made = make("button", "btn btn-sm", words);
  made.type = "button";
  made.addEventListener("click", what);
  return made;
}

// -- one entry in front
const order = all("[data-article]").map(each => each.dataset.article);
const front = () => order.find(place => !article(place).hidden);

function show(place, { focus = true } = {}) {
  if (!place || !order.includes(place)) return;
  prepare(place);
  for (const each of order) article(each).hidden = each !== place;
  for (const link of all("[data-entry]")) {
    if (link.dataset.entry === place) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
  }
  follow();
  const big = document.body.classList.contains("is-big");
  history.replaceState(null, "", `?entry=${place}${big ? "&big=1" : ""}`);
  try { localStorage.setItem(`hy-room-at-${room.dataset.room}`, place); } catch { /* a second window does not follow, that is all */ }
  if (focus) { article(place).focus({ preventScroll: true }); article(place).scrollIntoView({ block: "nearest" }); }
}

// a long list of entries keeps the one in front in view
function follow() {
  const list = one(".hy-room-list");
  const link = list && one("[aria-current]", list);
  if (!link) return;
  const { top, bottom } = link.getBoundingClientRect();
  const frame = list.getBoundingClientRect();
  if (top < frame.top) list.scrollTop -= frame.top - top;
  if (bottom > frame.bottom) list.scrollTop += bottom - frame.bottom;
}

// the forms of an entry that was not in front when the page came, from the blank ones
function prepare(place) {
  const holder = one(`[data-forms="${CSS.escape(place)}"]`);
  const blank = one("template[data-blank]");
  if (!blank || holder.childElementCount) return;
  holder.innerHTML = blank.innerHTML.replaceAll(blank.dataset.blank, place);
  ready(holder);
  renew(place);
}

function ready(root) {
  all("[data-speakers], [data-days]", root).forEach(each => { each.hidden = false; });
  all("form[data-queue=agree]", root).forEach(four);
}

// a form nobody has touched shows what stands; one in use keeps what was typed and the version it was typed on
function renew(place) {
  const now = live(place);
  const holder = one(`[data-forms="${CSS.escape(place)}"]`);
  if (!now || !holder || !holder.childElementCount) return;
  for (const form of all("form[data-queue]", holder)) {
    if (form.elements.version && !("used" in form.dataset)) form.elements.version.value = now.dataset.version;
  }
  const settle = one("form[data-queue=settle]", holder);
  if (!("used" in settle.dataset)) {
    for (const [name, value] of [["result", now.dataset.result], ["next_way", now.dataset.way]]) {
      all(`[name=${name}]`, settle).forEach(each => { each.checked = each.value === value; });
    }
    settle.elements.text.value = now.dataset.text;
  }
  const spoken = now.dataset.lines !== "0" || queue.all().some(each => each.act === "remark" && each.place === place);
  one("[data-votes]", holder).disabled = !spoken;
  one("[data-closed]", holder).hidden = spoken;
  one("[data-unvote]", holder).hidden = !one(".hy-room-vote", now);
}

// -- what changed elsewhere
function busy(part) {
  return part.contains(document.activeElement) && document.activeElement.matches("input, textarea, select") ||
    Boolean(one("details[open]", part) && part.id !== "live-people");
}

function apply(reply) {
  const fresh = new DOMParser().parseFromString(reply.live, "text/html");
  for (const part of fresh.querySelectorAll("[data-live]")) {
    const here = document.getElementById(part.id);
    if (!here || MARKS.get(part.id) === part.dataset.mark || busy(here)) continue;
    const held = here.contains(document.activeElement) ? document.activeElement.value : "";
    here.replaceWith(part);
    MARKS.set(part.id, part.dataset.mark);
    if (held) one(`button[value="${CSS.escape(held)}"]`, part)?.focus();
  }
  if (Object.keys(reply.entries).some(place => !order.includes(place)) || order.some(place => !(place in reply.entries))) anew("议程有了变动。");
  stage(reply.stage);
  paint();
}

function anew(said) {
  if (one("[data-anew]")) return;
  const note = make("div", "hy-note hy-room-note", said);
  note.dataset.anew = "";
  note.append(" ", button("刷新看看", () => location.reload()));
  one("[data-bar]").after(note);
}

let served = room.dataset.stage;
function stage(now) {
  if (now === served) return;
  const over = now === "after" || served === "after";
  if (now === "in") one("[data-fold=people]").open = false;
  served = now;
  if (!over || queue.waiting().length) return;
  if (one("form[data-used]")) anew("另一位同志改了会议的状态。您正写着的请先抄下。"); else location.reload();
}

// -- what was written and waits is shown by meeting-room-waiting.js
const queue = new RoomQueue(room, {
  changed: () => { paint(); },
  state: () => bar(),
  answered(reply, record) {
    const own = queue.rebased;
    if (own) for (const form of all(`[data-forms="${CSS.escape(own.place)}"] form`)) {
      if (form.elements.version?.value === own.from) form.elements.version.value = own.to;
    }
    queue.rebased = null;
    if (reply) apply(reply);
    if (!record.refused || record.refused.stale) return;
    const form = formOf(record);
    if (form && untouched(form) && (!record.place || record.place === front())) putBack(record);
  },
});

// -- writing
function fieldsOf(form, submitter) {
  const fields = [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["csrfmiddlewaretoken", "once", "version"].includes(name));
  if (submitter?.name) fields.push([submitter.name, submitter.value]);
  return fields;
}

document.addEventListener("submit", event => {
  const form = event.target;
  if (!form.matches("form[data-queue]") || !room.contains(form)) return;
  event.preventDefault();
  changed.delete(form);   // huying.js: which forms hold unsaved text
  const act = form.dataset.queue;
  const place = form.dataset.place || form.elements.place?.value || "";
  const fields = fieldsOf(form, event.submitter);
  if (act === "attend" && "rest" in (event.submitter?.dataset || {})) fields.splice(0, fields.length, ...unmarked());
  if (act === "attend" && !fields.length) return;
  const typed = Object.fromEntries(fields);
  const seen = form.elements.version?.value ?? (place ? live(place).dataset.version : "");
  hush(form);
  after(form, act);
  queue.add({ act, place, seen: String(seen), fields, words: WORDS[act](typed, form) });
  if (act === "correct") form.closest("details").open = false;
}, true);

function unmarked() {
  return all("[data-person]").filter(row => !row.dataset.now).map(row => ["there", `${row.dataset.person}:${row.dataset.asked === "excused" ? "excused" : "present"}`]);
}

// the form is free for the next thing; who spoke stays
function after(form, act) {
  if (act === "remark") {
    form.elements.text.value = "";
    form.elements.text.focus();
  } else if (["agree", "vote", "question"].includes(act)) {
    setTimeout(() => { form.reset(); delete form.dataset.used; if (act === "agree") four(form); paint(); });
    if (act !== "question") form.closest("details").open = false;
    one("summary", form.closest("details") || form)?.focus();
  } else if (act === "settle") {
    form.closest("details").open = false;
    one("summary", form.closest("details")).focus();
  }
  delete form.dataset.used;
}

document.addEventListener("input", event => {
  const form = event.target.form;
  if (!form?.matches("form[data-queue]")) return;
  form.dataset.used = "";
  if (form.dataset.queue === "remark" && !form.elements.text.value.trim()) delete form.dataset.used;
  if (form.dataset.queue === "agree") { narrow(form); lacking(form); }
});

// -- the four: what is missing while typing, people of the department, near dates
function four(form) {
  narrow(form);
  lacking(form);
}

function narrow(form) {
  const department = form.elements.department;
  const word = department.value ? department.selectedOptions[0].textContent.trim() : "";
  for (const group of all("optgroup", form.elements.handler)) group.hidden = group.disabled = Boolean(word) && group.label !== word;
  if (form.elements.handler.selectedOptions[0]?.parentElement.disabled) form.elements.handler.value = "";
}

function lacking(form) {
  const names = { measure: "措施", deadline: "时限", department: "部门", handler: "人" };
  const missing = Object.keys(names).filter(name => !form.elements[name].value.trim()).map(name => names[name]);
  const words = !missing.length ? "四项齐了，可以定下。" : missing.length === 4 ? "措施、时限、部门、人四项齐了才算定下来，缺一项就是未定。" : `还缺：${missing.join("、")}。没有齐以前，这一项是“未定”。`;
  const place = one("[data-lacking]", form);
  if (place.textContent !== words) place.textContent = words;
}

function day(days) {
  const [year, month, date] = room.dataset.day.split("-").map(Number);
  return new Date(Date.UTC(year, month - 1, date + days)).toISOString().slice(0, 10);
}

room.addEventListener("click", event => {
  const at = event.target.closest("[data-entry], [data-speaker], [data-plus], [data-big]");
  if (!at || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (at.dataset.entry) { event.preventDefault(); show(at.dataset.entry); }
  if (at.dataset.speaker) speaker(at.form || at.closest("form"), at.dataset.speaker);
  if (at.dataset.plus) { const form = at.closest("form"); form.elements.deadline.value = day(Number(at.dataset.plus)); form.dataset.used = ""; lacking(form); }
  if (at.dataset.big) { event.preventDefault(); wall(at.dataset.big === "on"); }
});

function speaker(form, name) {
  form.elements.speaker.value = name;
  form.elements.text.focus();
}

// -- on the wall: without loading anything, so that it works while the network is down
function wall(on) {
  document.body.classList.toggle("is-big", on);
  show(front(), { focus: false });
  const link = one("[data-big]");
  if (on) { link.dataset.big = "off"; link.textContent = "回到记录 B"; } else { link.dataset.big = "on"; link.textContent = "大屏 B"; }
}

window.addEventListener("storage", event => {
  if (event.key === `hy-room-at-${room.dataset.room}` && document.body.classList.contains("is-big")) show(event.newValue, { focus: false });
});

// -- keys
let digits = "";
let digitTimer = 0;
function jump(digit) {
  digits += digit;
  clearTimeout(digitTimer);
  digitTimer = setTimeout(() => { digits = ""; }, 700);
  show(order[Number(digits) - 1] || order[Number(digit) - 1]);
}

function fold(name) {
  const place = article(front());
  const found = one(`[data-fold=${name}]`, place);
  if (!found || !found.getClientRects().length) return;
  found.open = true;
  firstField(one("form", found))?.focus();
}

const KEYS = {
  arrowright: () => show(order[order.indexOf(front()) + 1]), j: () => show(order[order.indexOf(front()) + 1]),
  arrowleft: () => show(order[order.indexOf(front()) - 1]), k: () => show(order[order.indexOf(front()) - 1]),
  l: () => one("form[data-queue=remark] [name=text]", article(front()))?.focus(),
  a: () => fold("agree"), r: () => fold("settle"), v: () => fold("vote"),
  b: () => wall(!document.body.classList.contains("is-big")),
};

document.addEventListener("keydown", event => {
  const at = event.target;
  if (event.isComposing || event.keyCode === 229) return;
  const form = at.closest?.("form[data-queue=remark]");
  if (form && event.key === "Enter" && !event.shiftKey && at.matches("textarea, input")) { event.preventDefault(); form.requestSubmit(); return; }
  if (form && event.altKey && /^[1-6]$/.test(event.key)) { const pick = all("[data-speaker]", form)[Number(event.key) - 1]; if (pick) { event.preventDefault(); speaker(form, pick.dataset.speaker); } return; }
  if (event.key === "Escape" && at.matches("input, textarea, select") && front()) { article(front()).focus(); return; }
  if (event.ctrlKey || event.metaKey || event.altKey || at.closest("input, textarea, select") || document.querySelector("dialog[open]") || !front()) return;
  if (/^[0-9]$/.test(event.key)) { event.preventDefault(); jump(event.key); return; }
  const what = KEYS[event.key.toLowerCase()];
  if (what) { event.preventDefault(); what(); }
});

// -- leaving, the clock, looking again
window.addEventListener("beforeunload", event => { if (queue.waiting().length) event.preventDefault(); });

const apart = Date.now() - new Date(room.dataset.served);   // this machine's clock may be wrong
function tick() {
  for (const clock of all("[data-clock]")) {
    const minutes = Math.max(0, Math.floor((Date.now() - apart - new Date(clock.dataset.clock)) / 60000));
    const words = `已开 ${minutes >= 60 ? `${Math.floor(minutes / 60)} 小时 ` : ""}${minutes % 60} 分钟`;
    if (clock.textContent !== words) clock.textContent = words;
  }
}

async function poll() {
  if (document.hidden || queue.sending || served === "after") return;
  const reply = await queue.look();
  if (reply && !queue.sending) apply(reply);
  if (reply) queue.pump();
}

all("[data-live]").forEach(part => MARKS.set(part.id, part.dataset.mark));
all("[data-kept]").forEach(part => { part.hidden = false; });
ready(room);
if (served === "after") { try { localStorage.removeItem(`hy-room-at-${room.dataset.room}`); } catch { /* nothing is kept here */ } }
for (const form of all("form[data-queue]")) if (one("[aria-invalid], .hy-note[role=alert]", form)) form.dataset.used = "";
paint();
follow();
tick();
setInterval(tick, 1000);
setInterval(poll, POLL);
document.addEventListener("visibilitychange", poll);
window.addEventListener("online", poll);
queue.pump();
