// Groups of a list: the heading's button hides and shows the rows of its group; closed ones are remembered by view.
import { recall, remember } from "./dom.js";

const KEY = `groups:${location.pathname}`;
const closed = () => new Set((recall(KEY) ?? "").split("\u0001").filter(Boolean));

export default function groups(list) {
  function set(button, open) {
    button.setAttribute("aria-expanded", String(open));
    for (const row of list.querySelectorAll(`[data-in="${button.dataset.group}"]`)) row.hidden = !open;
  }

  const name = (button) => button.firstElementChild.nextSibling.textContent.trim();
  const known = closed();
  for (const button of list.querySelectorAll("[data-group]")) if (known.has(name(button))) set(button, false);

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-group]");
    if (!button) return;
    const open = button.getAttribute("aria-expanded") !== "true";
    set(button, open);
    const all = closed();
    if (open) all.delete(name(button)); else all.add(name(button));
    remember(KEY, [...all].join("\u0001"));
  });
}
