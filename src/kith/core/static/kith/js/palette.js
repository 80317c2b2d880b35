// The command palette: Ctrl K or / opens it, the server answers, arrows choose, Enter opens, Tab shows actions of a row.
import { on, root } from "./dom.js";
import { open } from "./dialog.js";
import { bind } from "./keymap.js";
import { choose } from "./shell.js";

const palette = document.getElementById("palette");
const input = document.getElementById("palette-q");
const results = document.getElementById("palette-results");

export function show(query = "") {
  if (!palette) return false;
  open(palette);
  input.value = query;
  input.focus();
  window.htmx.trigger(input, "refresh");
}

const options = () => [...results.querySelectorAll("[role=option]:not([aria-disabled=true])")];
const current = () => results.querySelector('[aria-selected="true"]');

function select(option) {
  current()?.setAttribute("aria-selected", "false");
  if (!option) return input.removeAttribute("aria-activedescendant");
  option.setAttribute("aria-selected", "true");
  input.setAttribute("aria-activedescendant", option.id);
  option.scrollIntoView({ block: "nearest" });
}

function step(by) {
  const all = options();
  if (!all.length) return;
  const at = all.indexOf(current());
  select(all[(at + by + all.length) % all.length]);
}

function go(option, beside) {
  if (!option) return;
  const { href, command, act, query } = option.dataset;
  if (command) return run(command);
  if (act) { palette.close(); return window.htmx.ajax("POST", act, { swap: "none" }); }
  if (query !== undefined) return show(query);
  if (!href) return;
  if (beside) window.open(href, "_blank", "noopener"); else location.assign(href);
}

// Commands that need no server: data-command="theme:dark", "density:compact", "keys", "fold".
function run(command) {
  palette.close();
  const [name, value = ""] = command.split(":");
  if (name === "theme" || name === "density") choose(name, value);
  if (name === "keys") document.getElementById("keys")?.showModal();
  if (name === "fold") document.querySelector("[data-fold]")?.click();
  if (name === "press") document.querySelector(`[data-key="${CSS.escape(value)}"]`)?.click();
}

function actions(option) {
  if (!option?.dataset.actions) return false;
  window.htmx.ajax("GET", option.dataset.actions, { target: "#palette-results", swap: "innerHTML" });
  return true;
}

function keydown(event) {
  if (event.isComposing) return;
  const moves = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 };
  if (event.key in moves) step(moves[event.key]);
  else if (event.key === "Enter") go(current(), event.ctrlKey || event.metaKey);
  else if (event.key === "Tab" && !event.shiftKey && actions(current())) { /* shown */ }
  else return;
  event.preventDefault();
}

if (palette) {
  input.addEventListener("keydown", keydown);
  palette.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  results.addEventListener("htmx:after:settle", () => select(current() ?? options()[0]));
  results.addEventListener("click", (event) => go(event.target.closest("[role=option]"), event.ctrlKey || event.metaKey));
  results.addEventListener("pointermove", (event) => {
    const option = event.target.closest("[role=option]");
    if (option && option !== current()) select(option);
  });
  on("click", "[data-palette]", () => show());
  bind(root, { "⌃K": () => show(), "/": () => show() });
}
