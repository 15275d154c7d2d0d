// A long list narrows to what belongs to the choice before it: people to their department, categories to their class.
// Groups of the list carry the words of the choice.  Without scripts the whole list stays, under its headings.
"use strict";

const PAIRS = { department: "handler", content_class: "category" };

function chosen(form, name) {
  const radio = form.querySelector(`input[name=${name}]:checked`);
  if (radio) return radio.closest("label").querySelector("b").textContent.trim();
  const list = form.querySelector(`select[name=${name}]`);
  return list && list.value ? list.selectedOptions[0].textContent.trim() : "";
}

function narrow(form, name) {
  const list = form.querySelector(`select[name=${PAIRS[name]}]`);
  if (!list) return;
  const word = chosen(form, name);
  for (const group of list.querySelectorAll("optgroup")) group.hidden = group.disabled = Boolean(word) && group.label !== word;
  if (list.selectedOptions[0]?.parentElement.disabled) list.value = "";
}

document.addEventListener("change", event => {
  if (event.target.form && event.target.name in PAIRS) narrow(event.target.form, event.target.name);
});
for (const form of document.forms) Object.keys(PAIRS).forEach(name => narrow(form, name));
