// The editor of a dashboard: tiles are moved and resized by mouse, finger and keys, configured in a dialog, taken away. Nothing is stored before "Save".
import { announce, csrf, on, text } from "./dom.js";
import { dragging } from "./drag.js";

const COLUMNS = 12;
const LEAST = 2;
const TALLEST = 6;
const ARROWS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
const RESIZES = { left: "narrower", right: "wider", up: "shorter", down: "taller" };
const MOVES = { left: "earlier", up: "earlier", right: "later", down: "later" };

export default function tiles(list) {
  const form = list.closest("form");
  const field = (tile) => tile.querySelector("input[name=tile]");
  const arranged = () => JSON.stringify([...list.children].map((tile) => field(tile).value));
  const stored = arranged();
  const changed = () => form.dispatchEvent(new Event("change", { bubbles: true }));

  // Whoever leaves without saving is asked; the form says itself that it is on its way.
  let saves = false;
  addEventListener("beforeunload", (event) => { if (form.isConnected && !saves && arranged() !== stored) event.preventDefault(); });
  form.addEventListener("submit", () => { saves = true; });
  document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => { if (ctx.sourceElement === form && !(ctx.response?.status < 400)) saves = false; });

  function size(tile, w, h, { silent = false } = {}) {
    [w, h] = [Math.min(COLUMNS, Math.max(LEAST, w)), Math.min(TALLEST, Math.max(1, h))];
    tile.classList.remove(`w-${tile.dataset.w}`, `h-${tile.dataset.h}`);
    tile.classList.add(`w-${w}`, `h-${h}`);
    Object.assign(tile.dataset, { w, h });
    field(tile).value = JSON.stringify({ ...JSON.parse(field(tile).value), w, h });
    if (silent) return;
    announce(list.dataset.sizeWords.replace("{title}", tile.dataset.title).replace("{w}", w).replace("{h}", h));
    changed();
  }

  function step(tile, by) {
    const other = by < 0 ? tile.previousElementSibling : tile.nextElementSibling;
    if (!other) return;
    by < 0 ? other.before(tile) : other.after(tile);
    tile.focus();
    tile.scrollIntoView({ block: "nearest" });
    announce(text("moved"));
    changed();
  }

  function remove(tile) {
    const next = tile.nextElementSibling ?? tile.previousElementSibling;
    announce(list.dataset.goneWords.replace("{title}", tile.dataset.title));
    tile.remove();
    (next ?? document.getElementById("dash-add")).focus();
    changed();
  }

  const configure = (tile) => window.htmx.ajax("GET", `${list.dataset.form}?tile=${encodeURIComponent(field(tile).value)}`, { target: "#modal", swap: "innerHTML", source: tile });

  const acts = {
    configure,
    remove,
    earlier: (tile) => step(tile, -1),
    later: (tile) => step(tile, 1),
    wider: (tile) => size(tile, +tile.dataset.w + 1, +tile.dataset.h),
    narrower: (tile) => size(tile, +tile.dataset.w - 1, +tile.dataset.h),
    taller: (tile) => size(tile, +tile.dataset.w, +tile.dataset.h + 1),
    shorter: (tile) => size(tile, +tile.dataset.w, +tile.dataset.h - 1),
  };

  on("click", "[data-do]", (_event, button) => {
    const tile = button.closest("[data-tile-id]");
    button.closest("[popover]")?.hidePopover();
    tile.focus();
    acts[button.dataset.do](tile);
  }, list);

  list.addEventListener("keydown", (event) => {
    const tile = event.target;
    if (!tile.matches?.("[data-tile-id]") || event.ctrlKey || event.metaKey) return;
    const way = ARROWS[event.key];
    const act = way && event.altKey ? MOVES[way] : way && event.shiftKey ? RESIZES[way] : { Enter: "configure", Delete: "remove" }[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    acts[act](tile);
  });

  // --- by pointer ---

  dragging(list, {
    item: "[data-tile-id]",
    zone: "[data-tile-id]",
    drop(tile, place) {
      if (place === tile) return;
      const all = [...list.children];
      all.indexOf(place) > all.indexOf(tile) ? place.after(tile) : place.before(tile);
      announce(text("moved"));
      changed();
    },
  });

  list.addEventListener("pointerdown", (event) => {
    const corner = event.target.closest("[data-corner]");
    if (!corner) return;
    event.preventDefault();
    const tile = corner.closest("[data-tile-id]");
    const box = tile.getBoundingClientRect();
    const column = box.width / +tile.dataset.w;
    const row = box.height / +tile.dataset.h;
    corner.setPointerCapture(event.pointerId);
    const move = ({ clientX, clientY }) => size(tile, Math.round((clientX - box.left) / column), Math.round((clientY - box.top) / row), { silent: true });
    const stop = () => {
      corner.removeEventListener("pointermove", move);
      size(tile, +tile.dataset.w, +tile.dataset.h);
    };
    corner.addEventListener("pointermove", move);
    corner.addEventListener("pointerup", stop, { once: true });
    corner.addEventListener("pointercancel", stop, { once: true });
  });

  // --- previews ---

  async function show(tile) {
    const box = tile.querySelector("[data-shown]");
    const body = new URLSearchParams({ tile: field(tile).value });
    const answer = await fetch(list.dataset.preview, { method: "POST", body, headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } }).catch(() => null);
    if (!tile.isConnected) return;
    if (answer?.ok) box.innerHTML = await answer.text();
    else box.textContent = text("failed");
  }

  async function showAll() {
    for (const tile of [...list.children]) await show(tile);
  }

  // HX-Trigger of the dialog: a tile as it shall be, known by its id or new.
  const set = ({ detail }) => {
    if (!list.isConnected) return document.removeEventListener("tile-set", set);
    let tile = list.querySelector(`[data-tile-id="${CSS.escape(detail.id)}"]`);
    if (!tile) {
      const copy = form.querySelector("template[data-piece-template]").innerHTML.replaceAll("NEW", detail.id);
      list.insertAdjacentHTML("beforeend", copy);
      tile = list.lastElementChild;
      window.htmx.process(tile);
    }
    field(tile).value = detail.tile;
    const { kind } = JSON.parse(detail.tile);
    tile.className = tile.className.replace(/\bis-\w+/, `is-${kind}`);
    tile.dataset.title = detail.title;
    tile.setAttribute("aria-label", detail.title);
    tile.querySelector("[data-name]").textContent = detail.title;
    size(tile, detail.w, detail.h, { silent: true });
    changed();
    show(tile);
    setTimeout(() => { tile.focus(); tile.scrollIntoView({ block: "nearest" }); });
    return undefined;
  };
  document.addEventListener("tile-set", set);
  showAll();
}
