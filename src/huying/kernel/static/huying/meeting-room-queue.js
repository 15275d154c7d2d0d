// What the secretary did and the server does not have yet.  Kept on this machine for one meeting and one account, sent in
// order, each thing with an id of its own so that it counts once however often it is sent; erased once the server has it.
//
//   const queue = new RoomQueue(room, { changed, answered, state })
//   queue.add({ act, place, seen, fields, words })      seen: the entry's version on the screen when it was written
// A record the server refused stays, with why, until somebody takes it back or gives it up.  A refused opening holds back
// everything after it.
"use strict";

const RETRY = 3000;
const PATIENCE = 15000;

function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));   // randomUUID is missing without https
  return `room-${[...bytes].map(one => one.toString(16).padStart(2, "0")).join("")}`;
}

class RoomQueue {
  constructor(room, hears) {
    this.room = room;
    this.hears = hears;
    this.name = `hy-room-${room.dataset.room}-${room.dataset.who}`;
    this.token = room.querySelector("[name=csrfmiddlewaretoken]")?.value || "";
    this.spare = null;        // where the browser keeps nothing: in memory, until the page is closed
    this.sending = "";        // id of what is on its way
    this.state = "fine";      // fine | offline | signed-out | someone-else | held
    this.timer = 0;
    window.addEventListener("storage", event => { if (event.key === this.name) this.hears.changed(); });
    window.addEventListener("online", () => this.pump());
    window.addEventListener("offline", () => this.turn("offline"));
  }

  // -- kept on this machine
  all() {
    if (this.spare) return this.spare;
    try { return JSON.parse(localStorage.getItem(this.name) || "[]"); } catch { return []; }
  }

  keep(records) {
    try {
      if (records.length) localStorage.setItem(this.name, JSON.stringify(records)); else localStorage.removeItem(this.name);
      this.spare = null;
    } catch {
      this.spare = records;
    }
    this.hears.changed();
  }

  waiting() { return this.all().filter(one => !one.refused); }

  add(given) {
    const record = { once: freshId(), ...given };
    const records = this.all();
    // opening again takes the place of the opening that was refused, before what waits for it
    const before = given.act === "open" ? records.findIndex(one => one.act === "open") : -1;
    if (before >= 0) records.splice(before, 1, record); else records.push(record);
    this.keep(records);
    this.pump();
    return record;
  }

  drop(once) { this.keep(this.all().filter(one => one.once !== once)); }

  // -- sent in order
  async pump() {
    clearTimeout(this.timer);
    if (this.sending) return;
    const head = this.all().find(one => !one.refused || one.act === "open");
    if (!head) { if (this.state === "held") this.turn("fine"); return; }
    if (head.refused) return this.turn("held");
    this.sending = head.once;
    let again = false;
    try {
      again = await this.send(head);
    } finally {
      this.sending = "";
    }
    if (again) this.timer = setTimeout(() => this.pump(), RETRY); else this.pump();
  }

  // true: not this time, try again later
  async send(record, secondTry = false) {
    const body = new URLSearchParams(record.fields);
    body.set("once", record.once);
    if (record.seen !== "") body.set("version", record.seen);
    const answer = await this.ask(this.room.dataset.act.replace("ACT", record.act), { method: "POST", body });
    if (!answer) return true;
    if (answer.status === 403 && !secondTry) return (await this.look()) ? this.send(record, true) : true;
    const reply = await this.reading(answer);
    if (answer.status === 200 && reply) {
      this.has(record, reply);
      this.turn("fine");
      this.hears.answered(reply, record);
      return false;
    }
    if (answer.status === 409 && reply?.who) { this.turn("someone-else"); return true; }
    if (answer.status === 403) { this.turn("signed-out"); return true; }
    if (answer.status >= 500 || answer.status === 429 || (answer.status === 200 && !reply)) {
      this.turn("offline");
      return true;
    }
    this.turn("fine");
    const why = reply || { said: ["这一条已经不在了，或者您不能再记这次会议。"], errors: {} };
    this.refuse(record, why);
    return false;
  }

  // what the server has leaves this machine; what was written on top of it now stands on the entry's new version
  has(record, reply) {
    const now = reply.entries[record.place];
    const own = record.seen !== "" && (now === Number(record.seen) + 1);
    const records = this.all().filter(one => one.once !== record.once);
    if (own) for (const one of records) if (one.place === record.place && one.seen === record.seen) one.seen = String(now);
    this.rebased = own ? { place: record.place, from: record.seen, to: String(now) } : null;
    this.keep(records);
  }

  refuse(record, reply) {
    const refused = { said: reply.said || [], errors: reply.errors || {}, stale: Boolean(reply.stale) };
    const records = this.all();
    const found = records.find(one => one.once === record.once);
    if (!found) return;
    found.refused = refused;
    this.keep(records);
    this.hears.answered(reply.live ? reply : null, found);
  }

  // what the page shows now; also how one finds out that the network, or the sign-in, is back
  async look() {
    const answer = await this.ask(this.room.dataset.now, {});
    if (!answer || answer.status !== 200) return null;
    const reply = await this.reading(answer);
    if (!reply) return null;
    this.token = reply.token;
    if (reply.who !== this.room.dataset.who) { this.turn("someone-else"); return null; }
    if (this.state !== "held") this.turn("fine");
    return reply;
  }

  async ask(address, options) {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
    const headers = { "X-Room": this.room.dataset.who, "X-CSRFToken": this.token, Accept: "application/json" };
    try {
      const answer = await fetch(address, { ...options, headers, redirect: "manual", cache: "no-store", signal: stop.signal });
      if (answer.type !== "opaqueredirect") return answer;
      this.turn("signed-out");
    } catch {
      this.turn("offline");
    } finally {
      clearTimeout(timer);
    }
    return null;
  }

  async reading(answer) {
    try { return await answer.json(); } catch { return null; }
  }

  turn(state) {
    this.state = state;
    this.hears.state(state);
  }
}
