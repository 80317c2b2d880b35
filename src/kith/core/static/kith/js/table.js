// A list under the keyboard: J K move the cursor, Enter opens, Space peeks, 1–9 picks a saved view; and the list reloads itself.
// Markup: #list > .tbl tbody tr[data-row][data-href][data-peek]#row-<id>
import { modalOpen } from "./dom.js";
import { bind } from "./keymap.js";

const drawer = () => document.getElementById("drawer");
export const rowsOf = (list) => [...list.querySelectorAll("tbody tr[data-row]:not([hidden])")];
export const cursorOf = (list) => list.querySelector("[data-row].is-cursor");

/** Put the cursor on a row and, where possible, the focus on its link. */
export function setCursor(list, row, focus = true) {
  cursorOf(list)?.classList.remove("is-cursor");
  if (!row) return;
  row.classList.add("is-cursor");
  row.scrollIntoView({ block: "nearest" });
  if (focus && !modalOpen()) (row.querySelector(".rowh a, a[href]") ?? row).focus({ preventScroll: true });
}

function move(list, by) {
  const rows = rowsOf(list);
  if (!rows.length) return false;
  const at = rows.indexOf(cursorOf(list));
  setCursor(list, rows[at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(rows.length - 1, Math.max(0, at + by))]);
  if (drawer()?.open) peek(cursorOf(list));
}

export function open(row, beside) {
  const href = row?.dataset.href;
  if (!href) return false;
  if (beside) window.open(href, "_blank", "noopener"); else location.assign(href);
}

export function peek(row) {
  if (!row?.dataset.peek) return false;
  window.htmx.ajax("GET", row.dataset.peek, { target: "#drawer", swap: "innerHTML", source: row });
}

export function space(list) {
  if (drawer()?.open) return drawer().close();
  return peek(cursorOf(list));
}

/** Fetch the list anew for the address of the page; the cursor stays on its row. */
export function reload(url = location.pathname + location.search, push = false) {
  const list = document.getElementById("list");
  if (!list) return;
  const row = cursorOf(list)?.id;
  return window.htmx.ajax("GET", url, { target: "#list", swap: "outerHTML", push: push ? url : "false" }).then(() => {
    const fresh = document.getElementById("list");
    if (fresh && row) setCursor(fresh, document.getElementById(row), false);
  });
}

for (const name of ["refresh-list", "undone"]) document.addEventListener(name, () => reload());
// HX-Trigger: go-list {url} — show another look without leaving the page.
document.addEventListener("go-list", ({ detail }) => reload(detail.url, true));

/** 1–9 pick a saved view. */
export const pickView = Object.fromEntries([..."123456789"].map((digit) => [digit, () => {
  const view = document.querySelector(`[data-view="${digit}"]`);
  if (!view) return false;
  view.click();
}]));

export default function table(list) {
  const stepDown = () => move(list, 1);
  const stepUp = () => move(list, -1);
  bind(list, {
    J: stepDown, "↓": stepDown, K: stepUp, "↑": stepUp,
    Enter: () => open(cursorOf(list), false),
    "⌃Enter": () => open(cursorOf(list), true),
    Space: () => space(list),
    ...pickView,
  });
  list.addEventListener("focusin", (event) => {
    const row = event.target.closest("tr[data-row]");
    if (row && row !== cursorOf(list)) setCursor(list, row, false);
  });
}
