// A button with a popover menu: arrows, letters, Home and End; and a place for browsers without anchor positioning.
import { root } from "./dom.js";

const ANCHORED = CSS.supports("position-area: block-end");

/** Show a popover beside an element. */
export function openAt(pop, anchor) {
  if (!pop.matches(":popover-open")) pop.showPopover({ source: anchor });
  if (!ANCHORED) place(pop, anchor);
}

function place(pop, anchor) {
  const box = anchor.getBoundingClientRect();
  const x = Math.max(8, Math.min(box.left, innerWidth - pop.offsetWidth - 8));
  const below = box.bottom + pop.offsetHeight + 8 < innerHeight;
  pop.style.setProperty("--pop-x", `${x}px`);
  pop.style.setProperty("--pop-y", `${below ? box.bottom : Math.max(8, box.top - pop.offsetHeight - 8)}px`);
}

const items = (pop) => [...pop.querySelectorAll("[role^=menuitem], .mi")].filter((item) => item.checkVisibility());

function move(pop, by, to = null) {
  const all = items(pop);
  if (!all.length) return;
  const at = all.indexOf(document.activeElement);
  all[to ?? (at + by + all.length) % all.length].focus();
}

function letter(pop, key) {
  const all = items(pop);
  const from = all.indexOf(document.activeElement) + 1;
  [...all.slice(from), ...all.slice(0, from)].find((item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase()))?.focus();
}

function keydown(event) {
  const pop = event.currentTarget;
  if (event.key === "ArrowDown") move(pop, 1);
  else if (event.key === "ArrowUp") move(pop, -1);
  else if (event.key === "Home") move(pop, 0, 0);
  else if (event.key === "End") move(pop, 0, items(pop).length - 1);
  else if (event.key === "Tab") return pop.hidePopover();
  else if (event.key.length === 1 && !event.ctrlKey && !event.altKey && event.key !== " ") letter(pop, event.key);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

export default function menu(button) {
  const pop = document.getElementById(button.getAttribute("popovertarget"));
  if (!pop) return;
  button.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown") return;
    event.preventDefault();
    openAt(pop, button);
    move(pop, 1);
  });
  pop.addEventListener("keydown", keydown);
  pop.addEventListener("toggle", (event) => {
    button.setAttribute("aria-expanded", String(event.newState === "open"));
    if (event.newState === "open" && !ANCHORED) place(pop, button);
    // The event comes late: whoever pressed an arrow twice meanwhile is further down already.
    if (event.newState === "open") pop.contains(document.activeElement) || move(pop, 0, 0);
    else if (pop.contains(document.activeElement) || document.activeElement === document.body) button.focus();
  });
  // A chosen item closes the menu; a checkbox item leaves it open for more.
  pop.addEventListener("click", (event) => {
    if (event.target.closest("[role=menuitem]") && root.contains(pop)) pop.hidePopover();
  });
}
