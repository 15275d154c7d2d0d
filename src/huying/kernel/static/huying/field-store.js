// What somebody wrote down in the field, until the server has it: in the browser's own database on this phone, sealed under a
// key the browser does not hand out.  One key for each person; whoever signs in beside sees nothing of another's.
//
//   const store = await FieldStore.open()         null where the browser cannot seal (no https) or keeps nothing
//   store.here() / store.enter(who) / store.purge(who)
//   store.put(entry, fields, photos) / store.entries(who) / store.fields(entry) / store.photos(entry)
"use strict";

class FieldStore {
  static name = "hy-field";

  static able() { return Boolean(window.isSecureContext && window.indexedDB && window.crypto && crypto.subtle); }

  static open() {
    if (!FieldStore.able()) return Promise.resolve(null);
    return new Promise(done => {
      const asked = indexedDB.open(FieldStore.name, 1);
      asked.onupgradeneeded = () => {
        for (const name of ["keys", "lists", "here"]) asked.result.createObjectStore(name);
        asked.result.createObjectStore("entries", { keyPath: "mark" });
      };
      asked.onsuccess = () => done(new FieldStore(asked.result));
      asked.onerror = () => done(null);
    });
  }

  constructor(database) { this.database = database; }

  // -- one question to the database
  ask(store, way, mode = "readonly") {
    return new Promise((done, failed) => {
      const step = this.database.transaction(store, mode);
      const asked = way(step.objectStore(store));
      step.oncomplete = () => done(asked && asked.result);
      step.onerror = step.onabort = () => failed(step.error);
    });
  }

  get(store, key) { return this.ask(store, one => one.get(key)); }
  set(store, value, key) { return this.ask(store, one => (key === undefined ? one.put(value) : one.put(value, key)), "readwrite"); }
  drop(store, key) { return this.ask(store, one => one.delete(key), "readwrite"); }

  // -- whose phone it is just now
  async here() { return (await this.get("here", "who")) || ""; }
  enter(who) { return this.set("here", who, "who"); }

  async key(who) {
    const known = await this.get("keys", who);
    if (known) return known;
    const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    await this.set("keys", fresh, who);
    return fresh;
  }

  // -- sealed for one person and one place
  async seal(who, place, bytes) {
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const bound = new TextEncoder().encode(`${who}:${place}`);
    return { iv, body: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound }, await this.key(who), bytes) };
  }

  async unseal(who, place, sealed) {
    const bound = new TextEncoder().encode(`${who}:${place}`);
    return crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv, additionalData: bound }, await this.key(who), sealed.body);
  }

  async sealText(who, place, value) { return this.seal(who, place, new TextEncoder().encode(JSON.stringify(value))); }
  async unsealText(who, place, sealed) { return JSON.parse(new TextDecoder().decode(await this.unseal(who, place, sealed))); }

  // -- lists of kinds, people and places; what is being typed
  async keep(who, name, value) { return this.set("lists", await this.sealText(who, name, value), `${who}:${name}`); }

  async kept(who, name) {
    const sealed = await this.get("lists", `${who}:${name}`);
    if (!sealed) return null;
    try { return await this.unsealText(who, name, sealed); } catch { return null; }
  }

  forget(who, name) { return this.drop("lists", `${who}:${name}`); }

  // -- records: mark, who, state (waiting | refused | sent) and times stand open, everything said is sealed
  async put(entry, fields, photos) {
    const sealed = await this.sealText(entry.who, entry.mark, fields);
    const pictures = [];
    for (const [at, one] of photos.entries()) pictures.push(await this.seal(entry.who, `${entry.mark}:${at}`, one));
    await this.set("entries", { ...entry, sealed, pictures });
  }

  async entries(who) {
    const all = await this.ask("entries", one => one.getAll());
    return all.filter(one => one.who === who).sort((a, b) => (a.at < b.at ? -1 : 1));
  }

  fields(entry) { return this.unsealText(entry.who, entry.mark, entry.sealed); }

  async photos(entry) {
    const found = [];
    for (const [at, one] of entry.pictures.entries()) found.push(await this.unseal(entry.who, `${entry.mark}:${at}`, one));
    return found;
  }

  // -- signing out: the key goes first, so that what is left behind for a moment is noise
  async purge(who) {
    await this.drop("keys", who);
    for (const one of await this.entries(who)) await this.drop("entries", one.mark);
    for (const name of ["lists", "draft"]) await this.forget(who, name);
    if ((await this.here()) === who) await this.drop("here", "who");
  }
}
