// A tree whose branches move: drag the handle, or ⌥ with arrows on a line (↑ ↓ among siblings, → into the one above, ← out).
// Markup: ul.tree[data-move] > li[data-id] > .node-line[tabindex=0] (.handle) + ul. A move posts id, parent, before.
import { announce, post, text } from "./dom.js";
import { toast } from "./toast.js";

async function sortable() {
  if (!window.Sortable) await import("../vendor/sortable.min.js");
  return window.Sortable;
}

export default async function tree(top) {
  const branch = (item) => item.querySelector(":scope > ul") ?? item.appendChild(document.createElement("ul"));
  const spot = (item) => ({ parent: item.parentElement, next: item.nextElementSibling });

  async function moved(item, from) {
    const parent = item.parentElement.closest("li[data-id]")?.dataset.id ?? "";
    const before = item.nextElementSibling?.dataset.id ?? "";
    const answer = await post(top.dataset.move, { id: item.dataset.id, parent, before }).catch(() => null);
    if (answer?.ok) return announce(text("moved"));
    from.parent.insertBefore(item, from.next);
    toast({ text: (answer && (await answer.text()).trim()) || text("failed"), tone: "bad" });
  }

  function place(item, key) {
    const from = spot(item);
    const [previous, next, parent] = [item.previousElementSibling, item.nextElementSibling, item.parentElement.closest("li[data-id]")];
    if (key === "ArrowUp" && previous) previous.before(item);
    else if (key === "ArrowDown" && next) next.after(item);
    else if (key === "ArrowRight" && previous) branch(previous).append(item);
    else if (key === "ArrowLeft" && parent) parent.after(item);
    else return;
    item.querySelector(".node-line").focus();
    moved(item, from);
  }

  const lines = () => [...top.querySelectorAll(".node-line")].filter((line) => line.checkVisibility());
  top.addEventListener("keydown", (event) => {
    const line = event.target.closest(".node-line");
    if (!line || event.target !== line) return;
    const item = line.closest("li");
    const all = lines();
    if (event.altKey && event.key.startsWith("Arrow")) place(item, event.key);
    else if (event.key === "ArrowDown") all[all.indexOf(line) + 1]?.focus();
    else if (event.key === "ArrowUp") all[all.indexOf(line) - 1]?.focus();
    else if (event.key === "ArrowLeft") item.classList.add("is-closed");
    else if (event.key === "ArrowRight") item.classList.remove("is-closed");
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  if (!top.dataset.move) return;
  const Sortable = await sortable();
  let from = null;
  for (const list of [top, ...top.querySelectorAll("ul")]) {
    new Sortable(list, {
      group: "tree", handle: ".handle", animation: 150, fallbackOnBody: true, swapThreshold: 0.65, delay: 120, delayOnTouchOnly: true,
      onStart: ({ item }) => { from = spot(item); },
      onEnd: ({ item, to, from: old, oldIndex, newIndex }) => { if (to !== old || oldIndex !== newIndex) moved(item, from); },
    });
  }
}
