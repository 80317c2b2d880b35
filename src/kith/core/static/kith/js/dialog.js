// Dialogs that the server fills: an answer swapped into #modal or #drawer opens it; the event "close" shuts it.
import { on } from "./dom.js";

const openers = new Map();

function remembered(dialog) {
  const element = document.activeElement;
  if (element && element !== document.body && !dialog.contains(element)) openers.set(dialog, { element, id: element.id, row: element.closest("[data-row]")?.id });
}

/** Open a dialog and remember who did, so that the focus can go back. */
export function open(dialog) {
  if (dialog.open) return;
  remembered(dialog);
  dialog.showModal();
}

function focusBack(dialog) {
  const from = openers.get(dialog);
  openers.delete(dialog);
  if (!from) return;
  const row = () => document.getElementById(from.row)?.querySelector("a, button");
  const target = from.element.isConnected ? from.element : document.getElementById(from.id) ?? row() ?? document.getElementById("main");
  target?.focus({ preventScroll: true });
}

export function topmost() {
  return [...document.querySelectorAll("dialog:modal")].at(-1);
}

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const target = typeof ctx.target === "string" ? document.querySelector(ctx.target) : ctx.target;
  if (target instanceof HTMLDialogElement && ["modal", "drawer"].includes(target.id) && target.childElementCount) open(target);
});

document.addEventListener("close", (event) => {
  if (event instanceof CustomEvent) return closeFrom(event.target);
  if (!(event.target instanceof HTMLDialogElement)) return;
  if (["modal", "drawer"].includes(event.target.id)) event.target.replaceChildren();
  focusBack(event.target);
}, true);

// HX-Trigger: close — shuts the dialog it came from, else the topmost.
function closeFrom(element) {
  const dialog = element instanceof Element ? element.closest("dialog") : null;
  (dialog ?? topmost())?.close();
}

on("click", "[data-close]", (event, button) => {
  event.preventDefault();
  button.closest("dialog")?.close();
});

// A click on the backdrop shuts panels and the palette, never a form that may hold text.
document.addEventListener("click", (event) => {
  const dialog = event.target;
  if (dialog instanceof HTMLDialogElement && dialog.getAttribute("closedby") === "any" && outside(dialog, event)) dialog.close();
});
function outside(dialog, { clientX, clientY }) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}
