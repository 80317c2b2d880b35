// A tree whose branches move: drag a line onto the one it shall stand under (or onto .tree-top), or ⌥ → under the one above, ⌥ ← out.
// Markup: ul.tree[data-move] > li[data-id][aria-label] > .node-line[tabindex=0] (.handle) + ul, and li.tree-top at the end.
// A move posts id and parent; a refusal is told and taken back, a toast of the answer offers undo.
import { announce, post, text } from "./dom.js";
import { dragging } from "./drag.js";
import { toast } from "./toast.js";

const label = (item) => item.getAttribute("aria-label") ?? "";

export default function tree(top) {
  const branch = (item) => item.querySelector(":scope > ul") ?? item.appendChild(document.createElement("ul"));
  const upper = (item) => item.parentElement.closest("li[data-id]");
  const children = (list) => [...list.querySelectorAll(":scope > li[data-id]")];

  // Among its new neighbours by name, as it will stand after a reload.
  function settle(item, list) {
    const next = children(list).find((other) => other !== item && label(other).localeCompare(label(item)) > 0);
    list.insertBefore(item, next ?? list.querySelector(":scope > .tree-top"));
  }

  function mark(...items) {
    for (const item of items) if (item) item.setAttribute("aria-expanded", String(children(branch(item)).length > 0));
  }

  async function put(item, list) {
    const [from, next, before] = [item.parentElement, item.nextElementSibling, upper(item)];
    if (list === from || item.contains(list)) return;
    settle(item, list);
    item.parentElement.closest("li")?.classList.remove("is-closed");
    mark(before, upper(item));
    const answer = await post(top.dataset.move, { id: item.dataset.id, parent: upper(item)?.dataset.id ?? "" }).catch(() => null);
    if (answer?.ok) return told(answer);
    const wrong = upper(item);
    from.insertBefore(item, next);
    mark(before, wrong);
    toast({ text: (answer && (await answer.text()).trim()) || text("failed"), tone: "bad" });
  }

  function told(answer) {
    const told = JSON.parse(answer.headers.get("HX-Trigger") ?? "{}").toast;
    if (told) toast(told);
    else announce(text("moved"));
  }

  function byKey(item, key) {
    const [previous, parent] = [item.previousElementSibling, upper(item)];
    if (key === "ArrowRight" && previous) put(item, branch(previous));
    else if (key === "ArrowLeft" && parent) put(item, parent.parentElement);
    item.querySelector(".node-line").focus();
  }

  const lines = () => [...top.querySelectorAll(".node-line")].filter((line) => line.checkVisibility());
  top.addEventListener("keydown", (event) => {
    const line = event.target.closest(".node-line");
    if (!line || event.target !== line) return;
    const item = line.closest("li");
    const all = lines();
    if (event.altKey && ["ArrowLeft", "ArrowRight"].includes(event.key)) { if (line.querySelector(".handle")) byKey(item, event.key); }
    else if (event.key === "ArrowDown") all[all.indexOf(line) + 1]?.focus();
    else if (event.key === "ArrowUp") all[all.indexOf(line) - 1]?.focus();
    else if (event.key === "ArrowLeft") item.classList.add("is-closed");
    else if (event.key === "ArrowRight") item.classList.remove("is-closed");
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  if (!top.dataset.move) return;
  dragging(top, {
    item: ".node-line:has(> .handle)",
    zone: ".node-line, .tree-top",
    drop: (line, place) => put(line.closest("li"), place.matches(".tree-top") ? top : branch(place.closest("li"))),
  });
}
