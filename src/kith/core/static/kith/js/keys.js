// The keyboard: one listener. Single letters only when no control takes text, and not when the reader switched them off.
import { isTyping, modalOpen, root, usable } from "./dom.js";
import { bind, comboOf, run } from "./keymap.js";

const WAIT = 900; // milliseconds for the second letter of G, N, A
const PREFIXES = { G: "data-go", N: "data-new", A: "data-log" };
// Where a key already means something to the browser.
const NATIVE = { Enter: "a, button, summary, input, [role=menuitem], [role=option]", Space: "button, summary, input, [role=menuitem], [role=option]" };
let prefix = null;
let timer = 0;

function press(attribute, value) {
  const found = [...document.querySelectorAll(`[${attribute}~="${CSS.escape(value)}"]`)].find(
    (element) => element.matches("[popover] *") || usable(element));
  if (!found) return false;
  found.focus({ preventScroll: true });
  found.click();
  return true;
}

function second(combo) {
  const attribute = PREFIXES[prefix];
  prefix = null;
  clearTimeout(timer);
  return press(attribute, combo);
}

// N alone means "new here": the button of this page, else the menu of everything that can be new.
function alone(letter) {
  prefix = null;
  if (press("data-key", letter)) return;
  if (letter === "N") document.getElementById("new-menu")?.showPopover();
}

function begin(letter) {
  const choices = document.querySelectorAll(`[${PREFIXES[letter]}]`).length;
  if (!choices) return letter === "G" ? false : (alone(letter), true);
  prefix = letter;
  timer = setTimeout(() => alone(letter), WAIT);
  return true;
}

function single(combo) {
  if (root.dataset.keys === "off") return false;
  if (prefix) return second(combo);
  if (!modalOpen() && combo in PREFIXES) return begin(combo);
  return !modalOpen() && press("data-key", combo);
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
  const combo = comboOf(event);
  const plain = !combo.includes("⌃") && !combo.includes("⌥");
  if (plain && isTyping(event)) return;
  const letter = plain && combo.replace("⇧", "").length === 1;
  if (letter && root.dataset.keys === "off" && combo !== "?") return;
  if (NATIVE[combo] && event.target.closest?.(NATIVE[combo])) return;
  if (!prefix && run(combo, event)) event.preventDefault();
  else if (plain && single(combo)) event.preventDefault();
});

// ⌃↵ sends the form around the focus.
document.addEventListener("keydown", (event) => {
  if (!event.isComposing && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("form");
    if (!form || form.id === "palette-form") return;
    event.preventDefault();
    form.requestSubmit();
  }
});

const sheet = document.getElementById("keys");
function showSheet() {
  if (!sheet) return false;
  if (!sheet.open) sheet.showModal();
}
document.addEventListener("click", (event) => {
  if (event.target.closest?.("[data-keys-sheet]")) showSheet();
});
bind(root, { "?": showSheet });
