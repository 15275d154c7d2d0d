// How what waits in the room's queue is shown: beside its entry at once, with why where the server refused it, and back in
// its form to be mended.  Loaded before meeting-room.js, whose room, queue and small makers it uses.
"use strict";

// -- what waits
const WORDS = {
  remark: form => `${form.speaker ? `${form.speaker}：` : ""}${form.text}`,
  correct: form => form.strike || !form.text ? "划掉一条发言" : `改为：${form.speaker ? `${form.speaker}：` : ""}${form.text}`,
  agree: (form, at) => `${form.measure}\n${form.deadline} 前，${chosen(at, "department")} ${chosen(at, "handler")}`,
  drop: () => "撤去一项定下的事项",
  settle: (form, at) => `结果：${chosen(at, "result")}${form.result === "not_agreed" ? `，${chosen(at, "next_way")}` : ""}${form.text ? `。${form.text}` : ""}`,
  vote: form => `表决：赞成 ${form.votes_for}，反对 ${form.votes_against}，弃权 ${form.abstained}`,
  unvote: () => "去掉票数", open: () => "开会", close: () => "散会", back: () => "接着开会", entered: () => "补录完毕",
  attend: form => `到会情况`, question: form => `问题：${form.question}`,
};

function chosen(form, name) {
  const radio = one(`[name=${name}]:checked`, form);
  if (radio) return radio.closest("label").textContent.trim();
  const list = form.elements[name];
  return list && list.selectedOptions && list.value ? list.selectedOptions[0].textContent.trim() : "";
}

function paint() {
  const records = queue.all();
  const attended = new Map();
  for (const record of records) {
    if (record.act === "attend" && !record.refused) for (const [, value] of record.fields.filter(each => each[0] === "there")) attended.set(value.split(":")[0], value.split(":")[1]);
  }
  for (const list of all("[data-waiting]")) {
    const mine = records.filter(each => (each.place || "") === list.dataset.waiting && (each.act !== "attend" || each.refused));
    const looks = JSON.stringify([mine, queue.sending]);
    if (list.looks === looks) continue;   // what is read aloud is read once
    list.looks = looks;
    list.replaceChildren(...mine.map(waits));
    list.hidden = !mine.length;
  }
  for (const link of all("[data-entry]")) {
    const count = records.filter(each => each.place === link.dataset.entry && !each.refused).length;
    const badge = one("[data-count]", link);
    badge.textContent = count ? `${count} 条待上传` : "";
    badge.hidden = !count;
  }
  people(attended);
  const held = records.some(each => each.refused && each.act === "open");
  const acts = held ? [] : records.filter(each => !each.refused).map(each => each.act);
  const ahead = acts.filter(act => ["open", "close", "entered", "back"].includes(act)).pop();
  room.dataset.stage = ahead ? { open: "in", back: "in", close: "after", entered: "after" }[ahead] : served;
  order.forEach(renew);
  bar();
}

// somebody came or went: the buttons, the count, the seats that are empty
function people(attended) {
  const rows = all("[data-person]");
  for (const row of rows) {
    const waits = attended.get(row.dataset.person);
    const now = waits || row.dataset.there;
    for (const each of all("button[name=there]", row)) each.setAttribute("aria-pressed", each.value.endsWith(`:${now}`));
    const unsent = one("[data-unsent]", row);
    if (unsent) unsent.hidden = !waits;
    row.dataset.now = now;
  }
  const there = rows.filter(row => ["present", "late"].includes(row.dataset.now));
  const count = one("[data-there]");
  if (count) count.textContent = there.length;
  const empty = all("[data-seats] li").filter(seat => !there.some(row =>
    seat.dataset.department ? row.dataset.department === seat.dataset.department : row.dataset.seat === seat.dataset.seat));
  const note = one("[data-missing]");
  if (!note) return;
  note.hidden = !empty.length;
  one("[data-missing-words]").textContent = empty.map(seat => seat.textContent).join("、");
  for (const each of all("[data-because]")) {
    each.hidden = !empty.length;
    one("input", each).required = Boolean(empty.length);
  }
  const rest = one("[data-rest]");
  if (rest) rest.closest("form").hidden = rows.every(row => row.dataset.now);
}

function waits(record) {
  const item = make("li");
  item.append(make("span", "", record.words));
  if (record.refused) {
    const why = [...record.refused.said, ...Object.values(record.refused.errors)].join(" ");
    const said = make("small", "", record.refused.stale ? "另一位同志刚刚改了这一项，现在的结果在上面。要按您写的存吗？" : `没有存上：${why}`);
    said.setAttribute("role", "alert");
    item.append(said);
    if (record.refused.stale) item.append(button("按我写的存", () => again(record)), button("保留现在的", () => queue.drop(record.once)));
    else item.append(...(formOf(record) ? [button("放回去改", () => putBack(record))] : []), button("不要了", () => queue.drop(record.once)));
  } else {
    item.append(make("small", "", "待上传"));
    if (queue.sending !== record.once && formOf(record)) item.append(button("拿回来改", () => putBack(record)));
    if (queue.sending !== record.once) item.append(button("不要了", () => queue.drop(record.once)));
  }
  return item;
}

// the person has seen what stands now and wants their own words all the same
function again(record) {
  queue.drop(record.once);
  queue.add({ act: record.act, place: record.place, fields: record.fields, words: record.words, seen: live(record.place).dataset.version });
}

function formOf(record) {
  if (!["remark", "agree", "settle", "vote", "open", "entered", "question", "close"].includes(record.act)) return null;
  if (!record.place) return one(`form[data-queue=${record.act}]`);
  if (!article(record.place)) return null;
  prepare(record.place);
  return one(`form[data-queue=${record.act}]`, article(record.place));
}

function untouched(form) {
  return !("used" in form.dataset);
}

// typed words go back into their form; what else was being typed there is never lost
function putBack(record) {
  const form = formOf(record);
  if (!untouched(form)) { say(form, "这张表里正写着别的，请先记下或清空，再放回来。"); return; }
  if (record.place) show(record.place, { focus: false });
  for (const field of form.elements) {
    if (!field.name || ["csrfmiddlewaretoken", "once", "version", "place"].includes(field.name)) continue;
    const values = record.fields.filter(each => each[0] === field.name).map(each => each[1]);
    if (["radio", "checkbox"].includes(field.type)) field.checked = values.includes(field.value);
    else if (values.length) field.value = values[0];
  }
  for (let fold = form.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
  const refused = record.refused;
  if (!(refused && record.act === "open")) queue.drop(record.once);   // a refused opening goes on holding back what came after it
  form.dataset.used = "";
  if (form.dataset.queue === "agree") lacking(form);
  if (!refused) { firstField(form)?.focus(); return; }
  say(form, [...refused.said, ...Object.values(refused.errors)].join(" "), Object.keys(refused.errors));
}

const firstField = form => all("input:not([type=hidden]), textarea, select", form).find(each => each.getClientRects().length);

function say(form, words, wrong = []) {
  const place = one("[data-why]", form);
  const note = make("div", "hy-note hy-room-note is-late", words);
  note.setAttribute("role", "alert");
  place.replaceChildren(note);
  all("[aria-invalid]", form).forEach(each => each.removeAttribute("aria-invalid"));
  const fields = wrong.flatMap(name => all(`[name="${CSS.escape(name)}"]`, form));
  fields.forEach(each => each.setAttribute("aria-invalid", "true"));
  (fields[0] || firstField(form))?.focus();
}

function hush(form) {
  one("[data-why]", form)?.replaceChildren();
  all(".hy-note[role=alert]", form).forEach(each => each.remove());
  all("[aria-invalid]", form).forEach(each => each.removeAttribute("aria-invalid"));
}

// -- the calm bar
function bar() {
  const waiting = queue.waiting().length;
  const place = one("[data-bar]");
  const left = waiting ? `，还有 ${waiting} 条待上传` : "";
  const words = {
    fine: waiting > 1 ? `正在上传${left}。` : "",
    offline: `网络断了，写的都在本机${left}。接着记就行，连上会自动上传。`,
    "signed-out": `登录过期了。写的都在本机${left}。`,
    "someone-else": `这台电脑现在登录的是别的账号。写的都在本机${left}，换回原来的账号会接着传。`,
    held: `“开会”没有办成${left}，先等着。请看下面写的原因。`,
  }[queue.state];
  place.hidden = !words;
  if (place.dataset.words === words) return;
  place.dataset.words = words;
  const said = one("div", place);
  said.textContent = words;
  if (["signed-out", "someone-else"].includes(queue.state)) {
    const link = make("a", "", "在另一个标签页登录");
    link.href = room.dataset.login;
    link.target = "_blank";
    link.rel = "noopener";
    said.append(" ", link, "，这一页会接着传，不用刷新。");
  }
  place.classList.toggle("is-soon", queue.state !== "fine");
}
