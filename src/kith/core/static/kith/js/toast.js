// Messages for ten seconds, longer while hovered or focused. Z undoes the latest, ⇧Z does it again; ⌥T moves the focus to the stack.
import { on, root, text } from "./dom.js";
import { bind } from "./keymap.js";

const STAY = 10_000;
const stack = document.getElementById("toasts");

/** Show a message. undo, redo: addresses to POST; retry: function; href with label: a link. */
export function toast({ text: words, tone = "", undo = "", redo = "", retry = null, href = "", label = "" }) {
  const template = document.getElementById("toast-template");
  if (!stack || !template) return;
  const box = template.content.firstElementChild.cloneNode(true);
  if (tone) box.classList.add(tone);
  box.setAttribute("role", tone === "bad" ? "alert" : "status");
  show(box.querySelector("[data-undo]"), undo, (button) => button.setAttribute("hx-post", undo));
  show(box.querySelector("[data-redo]"), redo, (button) => button.setAttribute("hx-post", redo));
  for (const button of box.querySelectorAll("[data-undo], [data-redo]")) button.setAttribute("hx-swap", "none");
  show(box.querySelector("[data-retry]"), retry, (button) => button.addEventListener("click", () => { box.remove(); retry(); }));
  show(box.querySelector("[data-link]"), href && label, (link) => { link.href = href; link.textContent = label; });
  lift();
  stack.append(box);
  // Set after the element is in the page: a live region speaks of changes only.
  box.querySelector("[data-text]").textContent = words;
  window.htmx?.process(box);
}

function show(element, wanted, prepare) {
  element.hidden = !wanted;
  if (wanted) prepare(element);
}

// Above open dialogs: the stack is a popover in the top layer.
function lift() {
  if (!stack.showPopover) return;
  stack.popover = "manual";
  if (stack.matches(":popover-open")) stack.hidePopover();
  stack.showPopover();
}

function watch(box) {
  let timer = 0;
  const stop = () => clearTimeout(timer);
  const start = () => { stop(); timer = setTimeout(() => box.remove(), STAY); };
  // While what it offers is being done it stays: its answer could not be told to a page that it is no part of.
  for (const type of ["pointerenter", "focusin", "htmx:before:request"]) box.addEventListener(type, stop);
  for (const type of ["pointerleave", "focusout", "htmx:finally:request"]) box.addEventListener(type, start);
  start();
}

if (stack) {
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.matches?.(".toast")) watch(node);
    if (!stack.childElementCount && stack.popover && stack.matches(":popover-open")) stack.hidePopover();
  }).observe(stack, { childList: true });
  // What the server left for this page.
  if (stack.childElementCount) { lift(); [...stack.children].forEach(watch); }
  on("click", "[data-dismiss]", (event, button) => button.closest(".toast")?.remove(), stack);
  stack.addEventListener("htmx:after:request", ({ target, detail: { ctx } }) => {
    if (!target.matches?.("[data-undo], [data-redo]") || ctx.response.status >= 400) return;
    target.closest(".toast").remove();
    if (!ctx.hx?.trigger?.includes('"toast"')) toast({ text: text("undone") });
    document.body.dispatchEvent(new CustomEvent("undone", { bubbles: true }));
  });
}

document.addEventListener("toast", ({ detail }) => toast(detail));

// The latest message that offers it.
function press(what) {
  const button = [...(stack?.querySelectorAll(`[data-${what}]:not([hidden])`) ?? [])].at(-1);
  if (!button) return false;
  button.click();
}

bind(root, {
  Z: () => press("undo"),
  "⇧Z": () => press("redo"),
  "⌥T": () => {
    if (!stack?.childElementCount) return false;
    stack.lastElementChild.querySelector("button:not([hidden]), a:not([hidden])")?.focus();
  },
});
