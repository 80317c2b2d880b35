// The form of one value in a cell or field row: Enter saves, Tab saves and edits the next, Esc cancels, leaving saves what changed.
// What is made in several steps (data-explicit) is saved by its own button, and Esc or data-cancel cancel it.
import { edit, neighbour } from "./cells.js";

let after = null; // what to do when the saved cell is back in the page

function place(form) {
  const row = form.closest("tr");
  const cell = form.closest("[data-column]");
  return row ? { row: row.id, column: cell.dataset.column } : { field: form.closest("[data-field]")?.id };
}

function settle() {
  if (!after) return;
  const { row, column, field, by } = after;
  const line = row && document.getElementById(row);
  const cell = line?.querySelector(`[data-column="${CSS.escape(column)}"]`);
  if (cell?.classList.contains("editing")) return;
  after = null;
  if (by && line) return edit(neighbour(line, column, by));
  if (cell) { cell.tabIndex = -1; cell.focus(); }
  else if (field) document.getElementById(field)?.querySelector("[data-edit-field]")?.focus();
}
document.addEventListener("htmx:after:settle", settle);

export default function inline(form) {
  const control = form.querySelector("input:not([type=hidden]), select, textarea");
  const before = new URLSearchParams(new FormData(form)).toString();
  const changed = () => new URLSearchParams(new FormData(form)).toString() !== before;
  // Something has to be mended or decided before the value can be saved.
  const open = () => form.querySelector(".err, .clash");
  // A control of several steps is saved by its button alone: Tab and choosing move inside it.
  const explicit = Boolean(form.querySelector("[data-explicit]"));
  let busy = false;

  function save(by = 0) {
    after = { ...place(form), by };
    if (!changed() && !open()) return cancel();
    busy = true;
    form.requestSubmit();
  }

  function cancel() {
    busy = true;
    window.htmx.ajax("GET", form.dataset.cancel, { target: form.closest("td, [data-field]"), swap: "outerHTML", source: form });
  }

  function leave() {
    if (busy || !form.isConnected || form.contains(document.activeElement)) return;
    if (form.querySelector("[popover]:popover-open")) return;
    // An error stays with what was typed until the value is mended or cancelled.
    if (changed()) { busy = true; form.requestSubmit(); }
    else if (!open()) cancel();
  }

  form.addEventListener("keydown", (event) => {
    if (event.isComposing || (explicit && event.key !== "Escape")) return;
    const multiline = event.target.matches("textarea");
    if (event.key === "Escape") { after = { ...place(form), by: 0 }; cancel(); }
    else if (event.key === "Enter" && !multiline) save();
    else if (event.key === "Tab") save(event.shiftKey ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  form.addEventListener("click", (event) => event.target.closest("[data-cancel]:not(form)") && cancel());
  if (explicit) return control?.focus();
  form.addEventListener("focusout", () => setTimeout(leave, 150));
  if (control?.matches("select")) control.addEventListener("change", () => save());
  form.addEventListener("change", (event) => { if (event.target.matches(".combo:not([data-multi])")) save(); });
  control?.focus();
  control?.select?.();
}
