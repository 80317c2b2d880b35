// Lines that are carried into another order: list[data-sort="<POST address>"][data-target] with lines [data-line="<id>"].
// The address receives ids=a,b,c, all of them in their new order. Buttons of the lines do the same by keyboard.
import { dragging } from "./drag.js";

export default function sorting(list) {
  const lines = () => [...list.querySelectorAll(":scope > [data-line]")];
  dragging(list, {
    item: "[data-line]",
    zone: "[data-line]",
    drop: (line, over) => {
      if (line === over) return;
      const all = lines();
      if (all.indexOf(over) > all.indexOf(line)) over.after(line);
      else over.before(line);
      const values = { ids: lines().map((one) => one.dataset.line).join(",") };
      window.htmx.ajax("POST", list.dataset.sort, { target: list.dataset.target, swap: "innerHTML", source: list, values });
    },
  });
}
