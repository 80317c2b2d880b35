// The reader's own views in the sidebar: dragged, or moved by ⌥↑ and ⌥↓; their order is sent to data-sorts.
import { announce, post, text } from "./dom.js";
import { dragging } from "./drag.js";

export default function pins(list) {
  let sending = Promise.resolve(); // one after the other: the last order is the one that stays

  function keep() {
    const ids = [...list.querySelectorAll("[data-pin]")].map((line) => line.dataset.pin).join(",");
    sending = sending.then(() => post(list.dataset.sorts, { ids })).then(({ ok }) => announce(text(ok ? "moved" : "failed")), () => announce(text("offline")));
  }

  dragging(list, {
    item: "[data-pin]",
    zone: "[data-pin]",
    drop(line, place, top) {
      if (place === line) return;
      top > place.getBoundingClientRect().top ? place.after(line) : place.before(line);
      keep();
    },
  });
  list.addEventListener("keydown", (event) => {
    const line = event.target.closest("[data-pin]");
    if (!line || !event.altKey || !["ArrowUp", "ArrowDown"].includes(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "ArrowUp") line.previousElementSibling?.before(line);
    else line.nextElementSibling?.after(line);
    event.target.focus();
    keep();
  });
}
