// Selecting rows: click, ⇧click and ⇧X for a range, X for the cursor's row, ⌃A for the page and again for all that match.
// The bar .bulk shows what can be done; a button data-bulk="<address>" posts ids=…, or every=1 with the query.
import { announce } from "./dom.js";
import { bind } from "./keymap.js";
import { cursorOf } from "./table.js";

export default function selection(list) {
  const bar = list.querySelector(".bulk");
  const boxes = () => [...list.querySelectorAll("[data-one]")];
  const marked = () => boxes().filter((box) => box.checked);
  let anchor = null;
  let every = false;

  function draw() {
    const all = boxes();
    const count = every ? Number(bar?.dataset.total) : marked().length;
    for (const box of all) {
      const row = box.closest("[data-row]");
      if (box.checked) row.setAttribute("aria-selected", "true"); else row.removeAttribute("aria-selected");
    }
    const head = list.querySelector("[data-all]");
    if (head) Object.assign(head, { checked: all.length > 0 && marked().length === all.length, indeterminate: marked().length > 0 && marked().length < all.length });
    if (!bar) return;
    bar.hidden = !count;
    const words = bar.querySelector("[data-count]");
    words.textContent = words.dataset.text.replace("{n}", count.toLocaleString(document.documentElement.lang));
    const more = bar.querySelector("[data-every]");
    if (more) more.hidden = every || marked().length < all.length || Number(bar.dataset.total) <= all.length;
    if (count) announce(words.textContent);
  }

  function setAll(checked) {
    every = false;
    for (const box of boxes()) box.checked = checked;
    draw();
  }

  function toggle(box, range) {
    every = false;
    const all = boxes();
    if (range && anchor && all.includes(anchor)) {
      const [from, to] = [all.indexOf(anchor), all.indexOf(box)].sort((a, b) => a - b);
      for (const one of all.slice(from, to + 1)) one.checked = anchor.checked;
    }
    anchor = box;
    draw();
  }

  function press(range) {
    const box = cursorOf(list)?.querySelector("[data-one]");
    if (!box) return false;
    if (!range || !anchor) box.checked = !box.checked;
    toggle(box, range);
  }

  function everything() {
    const all = boxes();
    if (!all.length) return false;
    if (marked().length < all.length) return setAll(true);
    every = Number(bar?.dataset.total) > all.length;
    draw();
  }

  function act(button) {
    const values = every ? { every: "1", query: list.dataset.queryAll ?? location.search } : { ids: marked().map((box) => box.value).join(",") };
    window.htmx.ajax("POST", button.dataset.bulk, { target: "#modal", swap: "innerHTML", source: button, values });
  }

  list.addEventListener("click", (event) => {
    const box = event.target.closest("[data-one]");
    if (box) toggle(box, event.shiftKey);
    else if (event.target.closest("[data-all]")) setAll(event.target.checked);
    else if (event.target.closest("[data-every]")) { every = true; draw(); }
    else if (event.target.closest(".bulk [data-clear]")) setAll(false);
    else if (event.target.closest("[data-bulk]")) act(event.target.closest("[data-bulk]"));
  });
  bind(list, {
    X: () => press(false),
    "⇧X": () => press(true),
    "⌃A": everything,
    Escape: () => (marked().length ? setAll(false) : false),
  });
  draw();
}
