// <form data-work="say">: before it is sent, a small puzzle is solved in a worker (see views/_work.py).  Whatever goes wrong
// here, the form is sent all the same; the server then takes it at the slower pace.
"use strict";

const WAIT = 15000;   // a phone that cannot do it in this time sends without
const workScript = document.currentScript.src;

function solved(puzzle) {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workScript.replace("work.js", "work-worker.js"));
    const end = how => { clearTimeout(timer); worker.terminate(); how(); };
    const timer = setTimeout(() => end(() => reject(new Error("too slow"))), WAIT);
    worker.addEventListener("message", event => end(() => resolve(`${puzzle.puzzle}|${event.data.join(",")}`)));
    worker.addEventListener("error", () => end(() => reject(new Error("no worker"))));
    worker.postMessage(puzzle);
  });
}

async function prove(form, submitter) {
  const later = setTimeout(() => say(form, "正在核对，请稍等……"), 1200);
  let work = "";
  try {
    const answer = await fetch(`/puzzle/?form=${form.dataset.work}`, { headers: { Accept: "application/json" } });
    if (answer.ok) work = await solved(await answer.json());
  } catch { /* sent without */ }
  clearTimeout(later);
  say(form, "");
  let field = form.elements.work;
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = "work";
    form.append(field);
  }
  field.value = work;
  form.dataset.worked = "yes";
  form.requestSubmit(submitter);
}

function say(form, text) {
  let line = form.querySelector("[data-work-state]");
  if (!line && !text) return;
  if (!line) {
    line = document.createElement("p");
    line.className = "hy-hint";
    line.dataset.workState = "";
    line.setAttribute("role", "status");
    form.append(line);
  }
  line.textContent = text;
}

// before every other listener: what they hear is the second, proven submission
window.addEventListener("submit", event => {
  const form = event.target;
  if (!form.matches("form[data-work]") || event.submitter?.name) return;   // a named button looks something up, it sends nothing
  if (form.dataset.worked === "yes") { delete form.dataset.worked; delete form.dataset.working; return; }
  event.preventDefault();
  event.stopImmediatePropagation();
  if ("working" in form.dataset) return;   // a second tap while it is being solved
  form.dataset.working = "";
  prove(form, event.submitter);
}, true);
