// Groups of a list: the heading's button hides and shows the rows of its group and the groups inside it; closed ones are remembered by view.
import { recall, remember } from "./dom.js";

const KEY = `groups:${location.pathname}`;
const closed = () => new Set((recall(KEY) ?? "").split("\u0001").filter(Boolean));

export default function groups(list) {
  const buttons = [...list.querySelectorAll("[data-group]")];
  const words = (button) => button.firstElementChild.nextSibling.textContent.trim();
  const outer = (button) => buttons.find((one) => button.dataset.group.startsWith(`${one.dataset.group}.`));
  const name = (button) => (outer(button) ? `${words(outer(button))}\u0002${words(button)}` : words(button));
  const isOpen = (button) => button.getAttribute("aria-expanded") === "true";

  function set(button, open) {
    button.setAttribute("aria-expanded", String(open));
    show();
  }

  /** A row is seen while its group and the one around it are open. */
  function show() {
    const shut = new Set(buttons.filter((button) => !isOpen(button)).map((button) => button.dataset.group));
    for (const row of list.querySelectorAll("[data-in]")) row.hidden = shut.has(row.dataset.in) || shut.has(row.dataset.in.split(".")[0]);
  }

  const known = closed();
  for (const button of buttons) if (known.has(name(button))) button.setAttribute("aria-expanded", "false");
  show();

  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-group]");
    if (!button) return;
    set(button, !isOpen(button));
    const all = closed();
    if (isOpen(button)) all.delete(name(button)); else all.add(name(button));
    remember(KEY, [...all].join("\u0001"));
  });
}
