// The permission matrix: arrows move, Space and 0–5 set levels, R opens the rules, Delete says nothing; one form collects the changes.
import { announce, on } from "./dom.js";
import { openAt } from "./menu.js";

const LEVELS = ["none", "own", "reports", "team", "unit", "all"];
const STEP = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] };

export default function matrix(form) {
  const menu = document.getElementById("level-menu");
  const pending = document.getElementById("pending");
  const line = document.getElementById("pending-line");
  let current = null;

  const rulesOf = (cell) => JSON.parse(cell.dataset.rules);
  const plain = (level) => (level ? [{ level, deny: false, condition: null }] : []);
  const looks = (level) => menu.querySelector(`[data-level="${level}"] .lvl`);
  const allowed = (cell) => (cell.dataset.key.startsWith("system:") ? ["none", "all"] : LEVELS);

  function levelOf(rules) {
    if (!rules.length) return "";
    return rules.length > 1 || rules[0].deny || rules[0].condition ? "rule" : rules[0].level;
  }

  function draw(cell, rules) {
    const look = looks(levelOf(rules));
    cell.className = `${look.className} ${isChanged(cell) ? "is-changed" : ""}`;
    cell.textContent = look.textContent;
    cell.setAttribute("aria-label", `${cell.dataset.name}: ${look.textContent}`);
  }

  const isChanged = (cell) => cell.dataset.rules !== cell.dataset.stored;

  function set(cell, rules) {
    cell.dataset.rules = JSON.stringify(rules) === JSON.stringify(JSON.parse(cell.dataset.stored)) ? cell.dataset.stored : JSON.stringify(rules);
    const name = `cell:${cell.dataset.key}`;
    form.querySelector(`input[name="${CSS.escape(name)}"]`)?.remove();
    if (isChanged(cell)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value: cell.dataset.rules }));
    draw(cell, rules);
    list();
    announce(cell.getAttribute("aria-label"));
  }

  function list() {
    const cells = [...form.querySelectorAll(".lvl.is-changed")];
    pending.replaceChildren(...cells.map((cell) => {
      const row = line.content.cloneNode(true);
      row.querySelector("[data-what]").textContent = cell.dataset.name;
      row.querySelector("del").textContent = looks(levelOf(JSON.parse(cell.dataset.stored))).textContent;
      row.querySelector("ins").textContent = cell.textContent;
      return row;
    }));
    const fields = [...form.querySelectorAll("select[data-stored]")].filter((field) => field.value !== field.dataset.stored).length;
    for (const place of document.querySelectorAll("[data-changes]")) place.textContent = cells.length + fields || "";
    for (const button of document.querySelectorAll("[data-needs-changes]")) button.disabled = !(cells.length + fields);
    document.getElementById("effect")?.replaceChildren();
  }

  function focus(cell) {
    if (!cell) return;
    for (const other of form.querySelectorAll(".lvl[tabindex='0']")) other.tabIndex = -1;
    cell.tabIndex = 0;
    cell.focus();
  }

  function shown(cell) {
    current = cell;
    document.dispatchEvent(new CustomEvent("cell", { detail: cell.dataset }));
    const [entity, operation] = split(cell.dataset.key);
    const test = document.getElementById("explain-form");
    if (test) [test.elements.entity.value, test.elements.operation.value] = [entity, operation];
    const title = document.getElementById("explain-what");
    if (title) title.textContent = cell.dataset.name;
  }

  const split = (key) => [key.slice(0, key.lastIndexOf(":")), key.slice(key.lastIndexOf(":") + 1)];

  function move(cell, [down, right]) {
    const rows = [...form.querySelectorAll("tbody tr:not([hidden])")].filter((row) => row.querySelector(".lvl"));
    const at = rows.indexOf(cell.closest("tr")) + down;
    const column = cell.closest("td").cellIndex;
    if (down) {
      const cells = [...(rows[at]?.querySelectorAll(".lvl") ?? [])];
      return focus(cells.find((other) => other.closest("td").cellIndex >= column) ?? cells.at(-1));
    }
    const cells = [...cell.closest("tr").querySelectorAll(".lvl")];
    focus(cells[cells.indexOf(cell) + right]);
  }

  function rulesDialog(cell) {
    const [entity, operation] = split(cell.dataset.key);
    if (entity === "system") return;
    window.htmx.ajax("POST", form.dataset.rule, { target: "#modal", swap: "innerHTML", source: cell, values: { entity, operation, rules: cell.dataset.rules } });
  }

  on("keydown", "td > .lvl", (event, cell) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const levels = allowed(cell);
    const digit = /^(?:Digit|Numpad)([0-5])$/.exec(event.code)?.[1];
    if (STEP[event.key]) move(cell, STEP[event.key]);
    else if (event.code === "Space") set(cell, plain(levels[(levels.indexOf(levelOf(rulesOf(cell))) + 1) % levels.length]));
    else if (digit !== undefined && levels.includes(LEVELS[digit])) set(cell, plain(LEVELS[digit]));
    else if (event.code === "KeyR") rulesDialog(cell);
    else if (event.key === "Delete" || event.key === "Backspace") set(cell, []);
    else if (event.key === "Enter") open(cell);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }, form);

  function open(cell) {
    focus(cell);
    for (const item of menu.querySelectorAll("[data-level]")) item.hidden = item.dataset.level === "rule" ? cell.dataset.key.startsWith("system:") : !["", ...allowed(cell)].includes(item.dataset.level);
    openAt(menu, cell);
    menu.querySelector("[data-level]:not([hidden])")?.focus();
  }

  on("keyup", "td > .lvl", (event) => { if (event.code === "Space") event.preventDefault(); }, form);
  on("click", "td > .lvl", (_event, cell) => open(cell), form);
  on("focusin", "td > .lvl", (_event, cell) => shown(cell), form);
  on("change", "select[data-stored]", list, form);

  menu.addEventListener("click", (event) => {
    const level = event.target.closest("[data-level]")?.dataset.level;
    if (level === undefined || !current) return;
    menu.hidePopover();
    current.focus();
    if (level === "rule") rulesDialog(current); else set(current, plain(level));
  });
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.querySelectorAll("[data-level]:not([hidden])")];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    items[(items.indexOf(document.activeElement) + by + items.length) % items.length].focus();
    event.preventDefault();
    event.stopPropagation();
  });

  document.body.addEventListener("rule-set", ({ detail }) => {
    const cell = form.querySelector(`.lvl[data-key="${CSS.escape(detail.key)}"]`);
    if (cell) set(cell, detail.rules);
  });

  const find = document.getElementById("matrix-find");
  find?.addEventListener("input", () => {
    const wanted = find.value.trim().toLowerCase();
    for (const row of form.querySelectorAll("tbody tr[data-name]")) row.hidden = !row.dataset.name.toLowerCase().includes(wanted);
  });

  addEventListener("beforeunload", (event) => { if (form.isConnected && !form.dataset.saved && form.querySelector("input[name^='cell:']")) event.preventDefault(); });
  document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => { if (ctx.sourceElement === form) form.dataset.saved = "1"; });
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => { if (ctx.sourceElement === form && ctx.response?.status >= 400) delete form.dataset.saved; });
  focusFirst();

  function focusFirst() {
    const first = form.querySelector("td > .lvl");
    if (first) first.tabIndex = 0;
    list();
  }
}
