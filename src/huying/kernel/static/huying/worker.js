// The worker's pages.  Without scripts: an ordinary form with a file field.  With them: thumbnails, a voice note,
// a draft on this phone if the person says so, progress while sending, and the receipt's link.
//
//   <form data-send data-keep="say">          data-send: show progress; data-keep: name of the draft on this phone
//     <input type="file" multiple data-files data-max="9" data-bytes="20971520">   <ul class="hy-photos" data-list> is added after it
//     <div data-voice hidden></div>                                records into the same file field
//     <label class="hy-tick" hidden data-ask-keep><input type="checkbox">…</label>
//   <form data-receipt> <input name="receipt">                     /my#2607441809325516 fills and sends it
"use strict";

const KEEP = "hy-keep-";
const held = new Map();   // name of the file field -> files chosen so far (a form sent back forgets them, we do not)
const icons = document.querySelector("use").getAttribute("href").split("#")[0];

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "i");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${icons}#${name}`);
  svg.append(use);
  return svg;
}

function make(tag, css, text) {
  const one = document.createElement(tag);
  if (css) one.className = css;
  if (text) one.textContent = text;
  return one;
}

// -- a photo in the size a page is still read in: a tenth of the way over a weak network, and where it was taken stays behind
const LONGEST = 2560, WORTH_IT = 1000000;   // dots of the longer side; bytes

async function smaller(file) {
  if (!file.type.startsWith("image/") || file.size < WORTH_IT || !window.createImageBitmap) return file;
  try {
    const made = await redrawn(file, LONGEST, 0.85);
    if (!made || made.size >= file.size) return file;
    return new File([made], `${file.name.replace(/\.\w+$/, "")}.jpg`, { type: "image/jpeg" });
  } catch {
    return file;   // a kind this browser cannot read, or too large for this phone: it goes as it is
  }
}

// -- files: chosen one after another, seen, taken out again
function files(input) {
  const most = Number(input.dataset.max || 9);
  const largest = Number(input.dataset.bytes || Infinity);
  const list = make("ul", "hy-photos");
  list.setAttribute("aria-label", "已选的照片和文件");
  const state = make("p", "hy-hint");
  state.setAttribute("role", "status");
  input.after(list, state);
  input.className = "hy-sr";
  const tile = make("li", "is-add");
  const label = make("label");
  label.htmlFor = input.id;
  label.setAttribute("aria-hidden", "true");   // the field's own label is read; this is where one taps
  label.append(icon("camera"), make("span", "", "添加"));
  tile.append(label);
  const chosen = held.get(input.name) || [];
  held.set(input.name, chosen);

  function put() {
    const box = new DataTransfer();
    chosen.forEach(file => box.items.add(file));
    input.files = box.files;
    list.querySelectorAll("[src]").forEach(one => URL.revokeObjectURL(one.src));
    list.replaceChildren(...chosen.map(show), ...(chosen.length < most ? [tile] : []));
  }

  function show(file, place) {
    const item = make("li");
    if (file.type.startsWith("image/")) {
      const picture = make("img");
      picture.src = URL.createObjectURL(file);
      picture.alt = `照片 ${place + 1}`;
      picture.addEventListener("error", () => picture.replaceWith(make("span", "", file.name)));
      item.append(picture);
    } else if (file.type.startsWith("audio/")) {
      item.className = "is-wide";
      const sound = make("audio");
      sound.controls = true;
      sound.src = URL.createObjectURL(file);
      item.append(sound);
    } else {
      item.append(icon("file-text"), make("span", "", file.name));
    }
    const out = make("button");
    out.type = "button";
    out.setAttribute("aria-label", `去掉第 ${place + 1} 个`);
    out.append(icon("x"));
    out.addEventListener("click", () => { chosen.splice(place, 1); put(); say(); (list.querySelector("button") || input).focus(); });
    item.append(out);
    return item;
  }

  const megabytes = bytes => Math.ceil(bytes / 1048576);

  function say(tooMany, large = []) {
    const words = large.map(file => `“${file.name}”有 ${megabytes(file.size)} MB，超过 ${megabytes(largest)} MB，没有加上。`);
    if (tooMany) words.push(`最多 ${most} 个，多出的没有加上。`);
    else if (chosen.length) words.push(`已选 ${chosen.length} 个，最多 ${most} 个。`);
    state.textContent = words.join("");
  }

  // What would be refused is said before it costs the person half an hour of upload.  A photo goes in as it is, so that who sends
  // at once loses nothing, and is made smaller meanwhile; one that is too large waits for that.
  async function add(more) {
    const large = [], fresh = [];   // too large at any rate; not made smaller yet
    let tooMany = false;
    for (const file of more) {
      const sent = file.size > largest ? await smaller(file) : file;
      if (sent.size > largest) large.push(file);
      else if (chosen.length >= most) tooMany = true;
      else {
        chosen.push(sent);
        if (sent === file) fresh.push(file);
      }
    }
    put();
    say(tooMany, large);
    let saved = 0;
    for (const file of fresh) {
      const small = await smaller(file), place = chosen.indexOf(file);
      if (small === file || place < 0) continue;
      chosen[place] = small;
      saved += file.size - small.size;
    }
    if (saved) {
      put();
      say(tooMany, large);
      state.append(`照片缩小了，少用 ${megabytes(saved)} MB 流量。`);
    }
  }

  input.addEventListener("change", () => add([...input.files]));
  put();
  say();
  return add;
}

// -- a voice note, where the browser can record
function voice(place, add) {
  if (!window.MediaRecorder || !navigator.mediaDevices) return;
  place.hidden = false;
  place.classList.add("hy-voice");
  const button = make("button", "btn");
  button.type = "button";
  const state = make("span", "hy-num");
  state.setAttribute("role", "status");
  place.append(button, state);
  const label = (name, word) => button.replaceChildren(icon(name), document.createTextNode(word));
  label("microphone", "说一段话");
  let recorder = null;

  button.addEventListener("click", async () => {
    if (recorder) return recorder.stop();
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      state.textContent = "没有打开话筒，写字也可以。";
      return;
    }
    const parts = [];
    let seconds = 0;
    recorder = new MediaRecorder(stream);
    const ticking = setInterval(() => {
      seconds += 1;
      state.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
      if (seconds >= 180) recorder.stop();
    }, 1000);
    recorder.addEventListener("dataavailable", event => parts.push(event.data));
    recorder.addEventListener("stop", () => {
      clearInterval(ticking);
      stream.getTracks().forEach(track => track.stop());
      const type = recorder.mimeType.split(";")[0] || "audio/webm";
      add([new File(parts, `语音.${type.includes("mp4") ? "m4a" : type.split("/")[1]}`, { type })]);
      recorder = null;
      state.textContent = "";
      label("microphone", "再说一段");
    });
    recorder.start();
    label("player-stop", "说完了");
    state.textContent = "正在录音，最长 3 分钟";
  });
}

// -- a draft on this phone: only when asked for, erased on sending
function keep(form) {
  const ask = form.querySelector("[data-ask-keep]");
  if (!ask) return;
  const name = KEEP + form.dataset.keep;
  const tick = ask.querySelector("input");
  const texts = [...form.querySelectorAll("textarea[name]")];   // what was said; who says it is not kept
  ask.hidden = false;
  let stored = null;
  try { stored = JSON.parse(localStorage.getItem(name)); } catch { ask.hidden = true; return; }
  if (stored) {
    tick.checked = true;
    texts.forEach(one => { if (!one.value && stored[one.name]) one.value = stored[one.name]; });
  }
  const save = () => {
    if (tick.checked) localStorage.setItem(name, JSON.stringify(Object.fromEntries(texts.map(one => [one.name, one.value]))));
    else localStorage.removeItem(name);
  };
  form.addEventListener("input", save);
  tick.addEventListener("change", save);
}

// -- sending: shows how far it is, can be stopped, and loses nothing when the network goes
function send(form, event) {
  event.preventDefault();
  const buttons = [...form.querySelectorAll("button[type=submit]")];
  const body = new FormData(form, event.submitter);
  const request = new XMLHttpRequest();
  const box = make("div", "hy-send");
  box.setAttribute("role", "status");
  const words = make("p", "", "正在交……");
  const bar = make("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", "已交多少");
  const stop = make("button", "btn", "先不交了");
  stop.type = "button";
  stop.addEventListener("click", () => request.abort());
  box.append(words, bar, stop);
  buttons.forEach(button => { button.disabled = true; });
  buttons[buttons.length - 1].after(box);

  function failed(text) {
    delete form.dataset.sent;
    buttons.forEach(button => { button.disabled = false; });
    words.textContent = text;
    bar.remove();
    stop.remove();
    setTimeout(() => box.remove(), 12000);
  }

  request.upload.addEventListener("progress", at => {
    if (!at.lengthComputable) return;
    bar.value = at.loaded / at.total;
    words.textContent = at.loaded < at.total ? `正在交，已交 ${Math.round(bar.value * 100)}%` : "交上了，请稍等……";
  });
  request.addEventListener("abort", () => failed("停下了，没有交。写的都还在。"));
  request.addEventListener("error", () => failed("没有连上网，没有交上。写的都还在，连上以后再点一次，不会重复。"));
  request.addEventListener("load", () => {
    if (request.status >= 500) return failed("系统出了故障，没有交上。写的都还在，请过一会儿再点一次，不会重复。");
    const page = new DOMParser().parseFromString(request.responseText, "text/html");
    if (request.status < 400 && !page.querySelector("[data-send] [aria-invalid=true], [data-send] .hy-note[role=alert]")) {
      if (form.dataset.keep) localStorage.removeItem(KEEP + form.dataset.keep);
      held.clear();
    }
    show(page, request.responseURL);
  });
  request.open("POST", form.action);
  request.setRequestHeader("X-Requested-With", "XMLHttpRequest");   // the server need not say that files are lost: they are kept here
  request.send(body);
}

// the answer takes the page's place, so that a receipt shown once is not asked for twice
function show(page, address) {
  document.title = page.title;
  document.querySelector("main").replaceWith(page.querySelector("main"));
  history.pushState(null, "", address);
  start(document);
  window.scrollTo(0, 0);
  reveal(document);
  const heading = document.querySelector("[data-focus]") || document.getElementById("main");
  heading.focus();
}
window.addEventListener("popstate", () => location.reload());

document.addEventListener("submit", event => {
  if (event.target.matches("form[data-send]")) {
    changed.delete(event.target);   // huying.js: which forms hold unsaved text
    send(event.target, event);
  }
}, true);

function start(root) {
  root.querySelectorAll("input[type=file][data-files]").forEach(input => {
    const add = files(input);
    const place = input.form.querySelector("[data-voice]");
    if (place) voice(place, add);
  });
  root.querySelectorAll("form[data-keep]").forEach(keep);
  // the receipt travels behind the #, which browsers never send to a server
  const form = root.querySelector("form[data-receipt]");
  const receipt = location.hash.slice(1).replace(/\D/g, "");
  if (form && receipt.length === 16) {
    history.replaceState(null, "", location.pathname);
    form.elements.receipt.value = receipt;
    form.requestSubmit();
  }
}
start(document);
