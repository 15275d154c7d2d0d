// A work record in a minute, with or without a network.  What is written goes into the phone's own sealed queue first
// (field-store.js) and leaves it once the server has it; each record has a mark of its own, so that it counts once however
// often it is sent.
"use strict";

const fieldRoot = document.querySelector("[data-field]");
const FIELD_PATIENCE = 60000;
const FIELD_RETRY = 15000;
const FIELD_SIDE = 1600;      // pixels of a photo's longer side
const FIELD_MOST = 9;
const FIELD_KEPT_DAYS = 7;    // what was sent stays on the list so long

function fieldMake(tag, css, text) {
  const one = document.createElement(tag);
  if (css) one.className = css;
  if (text) one.textContent = text;
  return one;
}

function fieldMark() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 15) | 64;
  bytes[8] = (bytes[8] & 63) | 128;
  const hex = [...bytes].map(one => one.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

const fieldDay = at => new Date(at.getTime() - at.getTimezoneOffset() * 60000).toISOString().slice(0, 10);
const fieldTime = iso => new Date(iso).toLocaleString("zh-CN", { month: "numeric", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });

class FieldPage {
  constructor(root, store) {
    this.root = root;
    this.store = store;
    this.form = root.querySelector("[data-form]");
    this.who = "";
    this.lists = null;
    this.token = "";
    this.signedIn = false;    // the server has said so, for this person
    this.busy = false;
    this.timer = 0;
    this.pictures = [];       // photos of the record being written: bytes
    this.editing = "";        // mark of a refused record that is being put right
  }

  find(name) { return this.root.querySelector(`[data-${name}]`); }

  async start() {
    this.who = await this.store.here();
    if (this.who) this.lists = await this.store.kept(this.who, "lists");
    if (this.lists) await this.show();
    await this.look();
    if (!this.lists) { this.find("nobody").hidden = false; this.say(navigator.onLine ? "请先登录" : "没有信号", true); }
    this.form.addEventListener("submit", event => { event.preventDefault(); this.write().catch(() => this.failed()); });
    this.form.addEventListener("input", () => this.draftSoon());
    this.form.elements.kind.addEventListener("change", () => this.drawOwn());
    this.form.elements.union.addEventListener("change", () => this.drawUnion());
    this.root.querySelectorAll("[data-hours]").forEach(one => one.addEventListener("click", () => {
      this.form.elements.minutes.value = one.dataset.hours;
      this.draftSoon();
    }));
    this.root.querySelector("#f-photos").addEventListener("change", event => this.addPhotos(event.target));
    window.addEventListener("online", () => this.pump());
    window.addEventListener("offline", () => this.say("没有信号。写下的先存在这台手机上", true));
    this.pump();
  }

  // -- the server: who is signed in, the lists, a fresh guard against forged forms
  async look() {
    const answer = await this.ask(this.root.dataset.now, {});
    if (!answer) return false;
    if (answer.status !== 200) { this.out(); return false; }
    const reply = await answer.json();
    const before = this.who;
    this.token = reply.token;
    this.signedIn = true;
    this.who = reply.who;
    this.lists = reply.lists;
    await this.store.enter(this.who);
    await this.store.keep(this.who, "lists", this.lists);
    if (before !== this.who || this.form.hidden) await this.show();
    return true;
  }

  async ask(address, options) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), FIELD_PATIENCE);
    const headers = { "X-Field": this.who, "X-CSRFToken": this.token, Accept: "application/json" };
    try {
      const answer = await fetch(address, { ...options, headers, redirect: "manual", cache: "no-store", signal: stop.signal });
      if (answer.type !== "opaqueredirect") return answer;
      this.out();
    } catch {
      this.say("没有信号。写下的先存在这台手机上", true);
    } finally {
      clearTimeout(timer);
    }
    return null;
  }

  // the session is over: what waits stays, and says nothing to whoever holds the phone now
  out() {
    this.signedIn = false;
    const line = this.say("登录过期了。写下的还在这台手机上，登录以后自动交", true);
    const way = fieldMake("a", "", "登录");
    way.href = this.root.dataset.login;
    line.append(" ", way);
    this.list();
  }

  say(words, off = false) {
    const line = this.find("state");
    line.classList.toggle("is-off", off);
    const place = line.querySelector("span");
    place.textContent = words;
    const use = line.querySelector("use");
    use.setAttribute("href", use.getAttribute("href").replace(/#.*/, off ? "#wifi-off" : "#circle-check"));
    return place;
  }

  // -- drawing
  async show() {
    this.find("nobody").hidden = true;
    const unions = this.lists.unions;
    this.options(this.form.elements.union, unions.map(one => [one.id, one.name]));
    this.find("union").hidden = unions.length < 2;
    this.drawUnion();
    this.form.elements.on.value = fieldDay(new Date());
    this.form.elements.on.max = fieldDay(new Date());
    const draft = await this.store.kept(this.who, "draft");
    if (draft) this.fill(draft);
    this.form.hidden = false;
    await this.list();
  }

  options(select, rows) {
    const before = select.value;
    select.replaceChildren(...rows.map(([value, label]) => new Option(label, value)));
    if (rows.some(([value]) => value === before)) select.value = before;
  }

  union() { return this.lists.unions.find(one => one.id === this.form.elements.union.value) || this.lists.unions[0]; }
  kind() { return this.union().kinds.find(one => one.code === this.form.elements.kind.value) || this.union().kinds[0]; }

  drawUnion() {
    const union = this.union();
    this.options(this.form.elements.kind, union.kinds.map(one => [one.code, one.label]));
    this.options(this.form.elements.leader, [["", "没有带队的"], ...union.people.map(one => [one.id, one.name])]);
    this.root.querySelector("#f-places").replaceChildren(...union.places.map(name => new Option("", name)));
    this.find("people").replaceChildren(...union.people.map(one => {
      const label = fieldMake("label", "hy-tick");
      const tick = fieldMake("input");
      Object.assign(tick, { type: "checkbox", name: "people", value: one.id, checked: one.me });
      label.append(tick, fieldMake("span", "", one.name));
      return label;
    }));
    this.drawOwn();
  }

  // the kind's own fields, as the documents have them
  drawOwn() {
    const kind = this.kind();
    this.find("ask").hidden = !kind.outside;
    if (kind.both) this.form.querySelector("details").open = true; // whom they met stands in there
    this.find("own").replaceChildren(...kind.fields.map(one => {
      const box = fieldMake("div", "hy-q");
      const label = fieldMake("label", "form-label", one.label + (one.must ? "" : "（可不填）"));
      label.htmlFor = `f-own_${one.code}`;
      const control = fieldMake(one.kind === "choice" ? "select" : one.kind === "number" ? "input" : "textarea", one.kind === "choice" ? "form-select" : "form-control");
      if (one.kind === "choice") this.options(control, [["", "请选"], ...one.options]);
      if (one.kind === "number") Object.assign(control, { type: "number", min: "0", inputMode: "numeric" });
      if (one.kind === "text") control.rows = 2;
      Object.assign(control, { id: `f-own_${one.code}`, name: `own_${one.code}` });
      box.append(label, control);
      return box;
    }));
  }

  read() {
    const fields = {};
    for (const one of this.form.elements) {
      if (!one.name || one.type === "file" || (one.type === "checkbox" && !one.checked)) continue;
      if (one.name === "ask" && !this.kind().outside) continue;
      (fields[one.name] = fields[one.name] || []).push(one.value);
    }
    return fields;
  }

  fill(fields) {
    for (const name of ["union", "kind"]) if (fields[name]) this.form.elements[name].value = fields[name][0];
    this.drawUnion();
    if (fields.kind) { this.form.elements.kind.value = fields.kind[0]; this.drawOwn(); }
    for (const one of this.form.elements) {
      if (!one.name || one.type === "file") continue;
      const values = fields[one.name] || [];
      if (one.type === "checkbox") one.checked = values.includes(one.value);
      else if (values.length) one.value = values[0];
    }
  }

  draftSoon() {
    clearTimeout(this.drafting);
    this.drafting = setTimeout(() => this.store.keep(this.who, "draft", this.read()), 800);
  }

  // -- photos: made small on the phone, so that a weak signal carries them
  async addPhotos(input) {
    for (const file of [...input.files].slice(0, FIELD_MOST - this.pictures.length)) {
      const small = await this.smaller(file);
      if (small) this.pictures.push(await small.arrayBuffer());
    }
    input.value = "";
    this.drawPhotos();
  }

  async smaller(file) {
    try {
      return await redrawn(file, FIELD_SIDE, 0.8);
    } catch {
      this.wrong([["f-photos", "照片", "这一张打不开，没有加上。"]]);
      return null;
    }
  }

  drawPhotos() {
    const list = this.find("photos");
    list.querySelectorAll("img").forEach(one => URL.revokeObjectURL(one.src));
    list.replaceChildren(...this.pictures.map((bytes, at) => {
      const item = fieldMake("li");
      const picture = fieldMake("img");
      picture.src = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
      picture.alt = `照片 ${at + 1}`;
      const out = fieldMake("button", "btn btn-sm", "去掉");
      out.type = "button";
      out.addEventListener("click", () => { this.pictures.splice(at, 1); this.drawPhotos(); });
      item.append(picture, out);
      return item;
    }));
  }

  // -- writing it down: what can be seen without the server is said at once
  lacks() {
    const fields = this.read(), kind = this.kind(), lacking = [];
    const has = name => Boolean((fields[name] || [])[0]?.trim());
    if (!has("on")) lacking.push(["f-on", "哪一天", "请写是哪一天。"]);
    else if (fields.on[0] > fieldDay(new Date())) lacking.push(["f-on", "哪一天", "这一天还没有到。"]);
    const hours = Number(this.form.elements.minutes.value);
    if (!(hours > 0 && hours <= 24)) lacking.push(["f-minutes", "用了几小时", "请写用了多长时间。"]);
    if (kind.outside && !has("place")) lacking.push(["f-place", "单位、车间", "请写去了哪里。"]);
    if (!(fields.people || []).length) lacking.push(["f-kind", "谁参加了", "请选谁参加了。"]);
    for (const one of kind.fields) if (one.must && !has(`own_${one.code}`)) lacking.push([`f-own_${one.code}`, one.label, `请填写${one.label}。`]);
    if (kind.both) for (const [id, name, whom] of [["f-workers", "workers_met", "职工"], ["f-managers", "managers_met", "经营管理人员"]]) {
      if (!(Number((fields[name] || [])[0]) > 0)) lacking.push([id, `见到${whom}几人`, `${kind.label}要和${whom}见面。只见了一方的，记成别的走访。`]);
    }
    const texts = kind.fields.some(one => one.kind === "text" && has(`own_${one.code}`));
    if (!texts && !["heard", "done", "promised"].some(has)) lacking.push(["f-heard", "听到什么", "听到什么、办了什么，至少写一句。"]);
    return lacking;
  }

  wrong(rows) {
    const box = this.find("wrong");
    box.hidden = !rows.length;
    this.root.querySelectorAll("[aria-invalid]").forEach(one => one.removeAttribute("aria-invalid"));
    this.find("fix").replaceChildren(...rows.map(([id, label, words]) => {
      const control = document.getElementById(id);
      if (control) control.setAttribute("aria-invalid", "true");
      const item = fieldMake("li");
      const way = fieldMake("a", "", label);
      way.href = `#${id}`;
      item.append(way, ` ${words}`);
      return item;
    }));
    if (rows.length) box.focus();
  }

  failed() { this.wrong([["f-heard", "存不下", "手机没有地方存了。请先交掉一些，或者少放几张照片。"]]); }

  async write() {
    const lacking = this.lacks();
    this.wrong(lacking);
    if (lacking.length) return;
    const fields = this.read();
    const label = [this.kind().label, fields.place?.[0]].filter(Boolean).join("，");
    const entry = { mark: fieldMark(), who: this.who, state: "waiting", at: new Date().toISOString() };
    await this.store.put(entry, { ...fields, label }, this.pictures);
    if (this.editing) await this.store.drop("entries", this.editing);
    await this.clear();
    this.say("记下了。", !navigator.onLine);
    await this.list();
    this.find("waiting").scrollIntoView({ block: "nearest" });
    this.pump();
  }

  async clear() {
    clearTimeout(this.drafting);
    this.editing = "";
    this.pictures = [];
    this.drawPhotos();
    this.form.reset();
    this.drawUnion();
    this.form.elements.on.value = fieldDay(new Date());
    await this.store.forget(this.who, "draft");
  }

  // -- sent in order; a record the server refuses stays, with why, until it is put right
  async pump() {
    clearTimeout(this.timer);
    if (this.busy || !this.who) return;
    this.busy = true;
    let again = false;
    try {
      const waiting = (await this.store.entries(this.who)).filter(one => one.state === "waiting");
      if (this.signedIn || (await this.look())) {
        for (const one of waiting) if ((again = !(await this.send(one)))) break;
        if (!again && this.signedIn) await this.sayAll();
      } else again = true;
    } finally {
      this.busy = false;
      await this.list();
    }
    if (again) this.timer = setTimeout(() => this.pump(), FIELD_RETRY);
    else if ((await this.store.entries(this.who)).some(one => one.state === "waiting")) this.pump();
  }

  async sayAll() {
    const wrong = (await this.store.entries(this.who)).filter(one => one.state === "refused").length;
    this.say(wrong ? `有信号。有 ${wrong} 条没有交上，请看下面` : "有信号，都交上了");
  }

  // true: the server has answered about this one; false: not this time
  async send(entry, secondTry = false) {
    const fields = await this.store.fields(entry);
    const body = new FormData();
    for (const [name, values] of Object.entries(fields)) if (name !== "label") values.forEach(one => body.append(name, one));
    (await this.store.photos(entry)).forEach((bytes, at) => body.append("files", new Blob([bytes], { type: "image/jpeg" }), `照片${at + 1}.jpg`));
    body.set("mark", entry.mark);
    body.set("once", `field-${entry.mark}`);
    body.set("written_at", entry.at);
    const answer = await this.ask(this.root.dataset.send, { method: "POST", body });
    if (!answer) return false;
    let reply = null;
    try { reply = await answer.json(); } catch { /* not an answer of ours: a page that says why */ }
    if (answer.status === 200 && reply) {
      const sent = { mark: entry.mark, who: entry.who, state: "sent", at: entry.at, sentAt: new Date().toISOString() };
      await this.store.put(sent, { label: fields.label, url: reply.url }, []);
      return true;
    }
    if (answer.status === 403 && !secondTry && (await this.look())) return this.send(entry, true);
    if (answer.status === 409 || answer.status === 403 || answer.status === 401) { this.out(); return false; }
    if (answer.status !== 422 || !reply) { this.say("现在交不上，过一会儿自动再交", true); return false; }
    await this.store.put({ ...entry, state: "refused", sealed: undefined }, { ...fields, why: reply.errors.map(one => one.join("：")) }, await this.store.photos(entry));
    return true;
  }

  // -- what waits, what was refused, what was sent
  async list() {
    const all = await this.store.entries(this.who);
    const old = new Date(Date.now() - FIELD_KEPT_DAYS * 86400000).toISOString();
    for (const one of all) if (one.state === "sent" && one.sentAt < old) await this.store.drop("entries", one.mark);
    const left = all.filter(one => one.state !== "sent"), sent = all.filter(one => one.state === "sent" && one.sentAt >= old).reverse();
    this.find("waiting").hidden = !left.length;
    this.find("sent").hidden = !sent.length || !this.readable();
    if (!this.readable()) {
      this.find("waiting-list").replaceChildren(fieldMake("li", "", `${left.length} 条等着交。登录以后看得到，也会自动交。`));
      return;
    }
    this.find("waiting-list").replaceChildren(...(await Promise.all(left.map(one => this.line(one)))));
    this.find("sent-list").replaceChildren(...(await Promise.all(sent.map(one => this.line(one)))));
  }

  // without a network nobody can sign in anyway; with one, whoever is not signed in reads nothing here
  readable() { return this.signedIn || !navigator.onLine; }

  async line(entry) {
    const item = fieldMake("li");
    const text = fieldMake("div");
    item.append(text);
    let said = {};
    try { said = await this.store.fields(entry); } catch { said = { label: "（打不开）" }; }
    if (entry.state === "sent" && said.url) {
      const way = fieldMake("a", "", said.label);
      way.href = said.url;
      text.append(way);
    } else text.append(fieldMake("b", "", said.label));
    const times = entry.state === "sent" ? `${fieldTime(entry.at)} 记的，${fieldTime(entry.sentAt)} 已交` : `${fieldTime(entry.at)} 记的`;
    text.append(fieldMake("small", "", entry.state === "waiting" ? `${times}，等有信号再发` : times));
    if (entry.state === "refused") {
      text.append(fieldMake("small", "is-wrong", `没有交上：${(said.why || []).join("；")}`));
      item.append(this.button("改一改", () => this.again(entry, said)));
    }
    if (entry.state !== "sent") item.append(this.button("不要了", () => this.giveUp(entry)));
    return item;
  }

  button(words, act) {
    const one = fieldMake("button", "btn btn-sm", words);
    one.type = "button";
    one.addEventListener("click", act);
    return one;
  }

  async again(entry, said) {
    this.fill(said);
    this.pictures = await this.store.photos(entry);
    this.drawPhotos();
    this.editing = entry.mark;
    this.form.scrollIntoView();
    this.form.elements.kind.focus();
  }

  async giveUp(entry) {
    if (!window.confirm("这一条还没有交，删了就没有了。要删吗？")) return;
    await this.store.drop("entries", entry.mark);
    await this.list();
  }
}

async function fieldOpen() {
  const store = await FieldStore.open();
  if (!store) {
    fieldRoot.querySelector("[data-cannot]").hidden = false;
    fieldRoot.querySelector("[data-state]").hidden = true;
    return;
  }
  const page = new FieldPage(fieldRoot, store);
  await page.start();
  if (navigator.storage?.persist) navigator.storage.persist();
  if (navigator.serviceWorker) await navigator.serviceWorker.register(fieldRoot.dataset.worker, { scope: fieldRoot.dataset.scope });
}
fieldOpen().catch(error => { fieldRoot.dataset.failed = String(error); });
