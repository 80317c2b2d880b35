// Editing where one reads: click, F2 or Enter on a cell td[data-edit][data-column] fetches its editor; ← → walk the cells.
import { bind } from "./keymap.js";
import { cursorOf, setCursor } from "./table.js";

const cellsOf = (row) => [...row.querySelectorAll(":scope > [data-column]")];

/** Fetch the editor of a cell into its place. */
export function edit(cell) {
  if (!cell?.dataset.edit || cell.classList.contains("editing")) return false;
  window.htmx.ajax("GET", cell.dataset.edit, { target: cell, swap: "outerHTML", source: cell });
}

/** The next or previous editable cell, going on in the neighbouring row. */
export function neighbour(row, column, by) {
  const all = [...row.closest("tbody").querySelectorAll("[data-edit][data-column], td.editing")];
  const here = all.findIndex((cell) => cell.closest("tr") === row && cell.dataset.column === column);
  return all[here + by];
}

export default function cells(list) {
  function walk(by) {
    const row = cursorOf(list);
    if (!row) return false;
    const all = cellsOf(row);
    const at = all.indexOf(document.activeElement?.closest("[data-column]"));
    const next = all[Math.max(0, Math.min(all.length - 1, at + by))];
    if (!next) return false;
    next.tabIndex = -1;
    next.focus();
  }

  function editHere() {
    const focused = document.activeElement?.closest("td[data-edit]");
    return edit(focused ?? cursorOf(list)?.querySelector("td[data-edit]"));
  }

  list.addEventListener("click", (event) => {
    const cell = event.target.closest("td[data-edit]");
    if (!cell || event.target.closest("a, button, input, label, select")) return;
    setCursor(list, cell.closest("tr"), false);
    edit(cell);
  });
  bind(list, {
    F2: editHere,
    Enter: () => (document.activeElement?.matches("td[data-edit]") ? edit(document.activeElement) : false),
    "→": () => walk(1),
    "←": () => walk(-1),
  });
}
