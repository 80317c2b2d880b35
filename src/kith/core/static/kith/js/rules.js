// Fields that depend on others: after each change the server says which of them are shown, required or read-only, and what they offer.
// The element carries data-rules (the address that answers) and data-now (the answer for what the form holds when it is drawn).
import { csrf } from "./dom.js";

const CONTROLS = "input, select, textarea, button";

export default function rules(place) {
  const form = place.closest("form");
  let now = JSON.parse(place.dataset.now);
  let latest = 0;

  function apply() {
    for (const [name, state] of Object.entries(now)) {
      const row = form.querySelector(`#row-${CSS.escape(name)}`);
      if (row) shape(row, name, state);
    }
  }

  async function ask() {
    const mine = ++latest;
    form.dataset.asking = "";
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") values.append(name, value);
    const answer = await fetch(place.dataset.rules, { method: "POST", body: values, headers: { "X-CSRFToken": csrf() } }).catch(() => null);
    if (mine !== latest) return;
    delete form.dataset.asking;
    if (!answer?.ok) return; // saving asks once more
    now = await answer.json();
    apply();
  }

  form.addEventListener("change", ask);
  form.addEventListener("htmx:after:swap", apply);
  apply();
}

function shape(row, name, state) {
  row.hidden = !state.shown;
  for (const control of row.querySelectorAll(CONTROLS)) {
    const off = !state.shown || state.locked;
    if (off && !control.disabled) control.dataset.byRule = "";
    if ("byRule" in control.dataset) control.disabled = off;
    if (!off) delete control.dataset.byRule;
  }
  ask(row, name, state.required);
  offer(row, state.choices);
}

function ask(row, name, required) {
  const label = row.querySelector("label, .label");
  const mark = label?.querySelector(".req");
  if (mark && !("always" in mark.dataset) && !("byRule" in mark.dataset)) mark.dataset.always = "";
  if (required && !mark) label?.insertAdjacentHTML("beforeend", '<span class="req" data-by-rule aria-hidden="true">*</span>');
  if (!required && mark && "byRule" in mark.dataset) mark.remove();
  const control = row.querySelector(`#f-${CSS.escape(name)}`);
  if (control && !(mark && "always" in mark.dataset)) control.toggleAttribute("aria-required", required);
  if (control?.hasAttribute("aria-required")) control.setAttribute("aria-required", "true");
}

function offer(row, choices) {
  for (const option of row.querySelectorAll("select option")) {
    const fits = !choices || !option.value || choices.includes(option.value);
    option.hidden = option.disabled = !fits;
    if (!fits && option.selected) option.parentElement.value = "";
  }
  for (const box of row.querySelectorAll("input[type=checkbox][value]:not(.sw)")) {
    const fits = !choices || choices.includes(box.value);
    box.closest(".check").hidden = !fits;
    if (!fits) box.checked = false;
  }
}
