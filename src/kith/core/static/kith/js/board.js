// A board: cards are moved by mouse, finger, keys (M, arrows, Enter) or a menu; the page is ahead of the server and puts a refused card back.
// Markup: #list[data-move="…{id}…"] .board > section[data-column][data-drop] > ul > li.deal[data-row][data-href][data-peek][data-version]
import { announce, on, recall, remember } from "./dom.js";
import { dragging } from "./drag.js";
import { bind } from "./keymap.js";
import { openAt } from "./menu.js";
import { cursorOf, open, peek, pickView, setCursor, space } from "./table.js";

const lanesOf = (list) => [...list.querySelectorAll(".board > section")];
const cardsOf = (lane) => [...lane.querySelectorAll(":scope > ul > .deal")];
const laneOf = (card) => card.closest("section");

/** Put a card where it stands among those that are shown: after the one with that id, else on top. */
function place(card, lane, after = "") {
  const cards = lane.querySelector(":scope > ul");
  const before = after && document.getElementById(`row-${after}`);
  if (before && before.parentElement === cards) before.after(card);
  else if (after && cards.querySelector(".more")) cards.querySelector(".more").before(card);
  else cards.prepend(card);
}

/** Move a card at once and ask the server; what it refuses goes back. */
export function move(list, card, lane) {
  const from = { lane: laneOf(card), next: card.nextElementSibling };
  if (lane === from.lane || !lane.hasAttribute("data-drop") || card.hasAttribute("data-fixed")) return;
  place(card, lane);
  setCursor(list, card);
  let done = false;
  const settle = ({ detail: { ctx } }) => {
    if (ctx.sourceElement !== card || done) return;
    done = true;
    document.removeEventListener("htmx:finally:request", settle);
    if (ctx.response && ctx.response.status < 400) return;
    from.lane.querySelector(":scope > ul").insertBefore(card, from.next?.isConnected ? from.next : null);
    setCursor(list, card);
    card.classList.add("is-refused");
    setTimeout(() => card.classList.remove("is-refused"), 600);
  };
  document.addEventListener("htmx:finally:request", settle);
  const values = { column: lane.dataset.column, version: card.dataset.version };
  window.htmx.ajax("POST", list.dataset.move.replace("{id}", card.dataset.row), { target: card, swap: "outerHTML", source: card, values });
}

// HX-Trigger: card-moved {id, column, after, stands} — where the moved card stands now; a hidden one has left.
document.addEventListener("card-moved", ({ detail }) => setTimeout(() => {
  const list = document.getElementById("list");
  const card = document.getElementById(`row-${detail.id}`);
  const lane = lanesOf(list).find((one) => one.dataset.column === detail.column);
  // A folded column whose cards were not read yet brings it with them.
  if (card && (!detail.stands || lane?.querySelector(":scope > ul > .more[data-unread]"))) card.remove();
  else if (card && lane) { place(card, lane, detail.after); setCursor(list, card); }
  refresh(list);
}));

/** Columns that a move swapped new headings into keep their fold; the tabs keep their counts. */
function refresh(list) {
  for (const lane of lanesOf(list)) {
    const button = lane.querySelector("[data-fold-lane]");
    button?.setAttribute("aria-expanded", String(!lane.classList.contains("is-folded")));
    const tab = list.querySelector(`[data-jump="${lane.id.slice(5)}"] .count`);
    if (tab) tab.textContent = lane.querySelector("h2 .count").textContent;
  }
}

// --- folding --------------------------------------------------------------------------------------------------------

function folding(list) {
  const key = `lanes:${list.dataset.fold}`;
  const known = new Map(JSON.parse(recall(key) ?? "[]"));
  const fold = (lane, folded) => {
    lane.classList.toggle("is-folded", folded);
    lane.querySelector("[data-fold-lane]")?.setAttribute("aria-expanded", String(!folded));
  };
  for (const lane of lanesOf(list)) if (known.has(lane.dataset.column)) fold(lane, known.get(lane.dataset.column));
  on("click", "[data-fold-lane]", (event, button) => {
    const lane = button.closest("section");
    fold(lane, !lane.classList.contains("is-folded"));
    known.set(lane.dataset.column, lane.classList.contains("is-folded"));
    remember(key, JSON.stringify([...known]));
    if (!known.get(lane.dataset.column)) lane.scrollIntoView({ block: "nearest", inline: "nearest" });
  }, list);
  // A folded column opens wherever it is clicked.
  on("click", "section.is-folded", (event, lane) => { if (!event.target.closest("button, a")) lane.querySelector("[data-fold-lane]").click(); }, list);
}

// --- moving by keys and by menu -------------------------------------------------------------------------------------

function lifting(list) {
  let lifted = null;
  const say = (name, what) => announce(list.dataset[name].replace("{what}", what));
  const targets = () => lanesOf(list).filter((lane) => lane.hasAttribute("data-drop") || lane === lifted.home);

  function lift() {
    const card = cursorOf(list);
    if (!card || card.hasAttribute("data-fixed")) return false;
    lifted = { card, home: laneOf(card), over: laneOf(card) };
    card.classList.add("is-lifted");
    lifted.over.classList.add("is-over");
    say("lifted", card.dataset.name);
  }

  function hover(by) {
    const all = targets();
    const next = all[Math.max(0, Math.min(all.length - 1, all.indexOf(lifted.over) + by))];
    lifted.over.classList.remove("is-over");
    next.classList.add("is-over");
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    lifted.over = next;
    say("over", next.dataset.label);
  }

  function let_go(drop) {
    const { card, over, home } = lifted;
    card.classList.remove("is-lifted");
    over.classList.remove("is-over");
    lifted = null;
    if (drop && over !== home) move(list, card, over);
    else announce(list.dataset.back);
  }

  const keys = { ArrowLeft: () => hover(-1), ArrowRight: () => hover(1), ArrowUp: () => {}, ArrowDown: () => {}, Enter: () => let_go(true), " ": () => let_go(true), Escape: () => let_go(false) };
  list.addEventListener("keydown", (event) => {
    if (!lifted || !keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  list.addEventListener("focusout", (event) => { if (lifted && !lifted.card.contains(event.relatedTarget)) let_go(false); });
  bind(list, { M: lift });
}

function choosing(list) {
  const pop = document.getElementById("move-menu");
  let card = null;
  on("click", "[data-move-menu]", (event, button) => {
    card = button.closest(".deal");
    for (const item of pop.querySelectorAll("[data-to]")) item.hidden = item.dataset.to === laneOf(card).dataset.column;
    openAt(pop, button);
    pop.querySelector("[data-to]:not([hidden])")?.focus();
  }, list);
  on("click", "[data-to]", (event, item) => {
    pop.hidePopover();
    move(list, card, lanesOf(list).find((lane) => lane.dataset.column === item.dataset.to));
  }, pop);
  pop.addEventListener("keydown", (event) => {
    const items = [...pop.querySelectorAll("[data-to]:not([hidden])")];
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!by) return;
    event.preventDefault();
    event.stopPropagation();
    items[(items.indexOf(document.activeElement) + by + items.length) % items.length].focus();
  });
}

// --- walking --------------------------------------------------------------------------------------------------------

function walking(list) {
  function step(by) {
    const card = cursorOf(list);
    const cards = card ? cardsOf(laneOf(card)) : lanesOf(list).filter(shown).flatMap(cardsOf);
    if (!cards.length) return false;
    go(cards[card ? Math.max(0, Math.min(cards.length - 1, cards.indexOf(card) + by)) : 0]);
  }
  function across(by) {
    const card = cursorOf(list);
    if (!card) return step(1);
    const at = cardsOf(laneOf(card)).indexOf(card);
    const lanes = lanesOf(list).filter((lane) => lane === laneOf(card) || (shown(lane) && cardsOf(lane).length));
    const lane = lanes[lanes.indexOf(laneOf(card)) + by];
    if (lane) go(cardsOf(lane)[Math.min(at, cardsOf(lane).length - 1)]);
  }
  function go(card) {
    setCursor(list, card);
    card.scrollIntoView({ block: "nearest", inline: "nearest" });
    if (document.getElementById("drawer")?.open) peek(card);
  }
  const shown = (lane) => !lane.classList.contains("is-folded");
  bind(list, {
    J: () => step(1), "↓": () => step(1), K: () => step(-1), "↑": () => step(-1), "→": () => across(1), "←": () => across(-1),
    Enter: () => open(cursorOf(list), false), "⌃Enter": () => open(cursorOf(list), true), Space: () => space(list), ...pickView,
  });
  list.addEventListener("focusin", (event) => {
    const card = event.target.closest(".deal");
    if (card && card !== cursorOf(list)) setCursor(list, card, false);
  });
  // A click looks at the card beside the board; with ⌃ or the middle button the browser opens its page.
  on("click", ".deal > a", (event, link) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    setCursor(list, link.closest(".deal"));
    peek(link.closest(".deal"));
  }, list);
}

// On a phone one column is in sight; its tab says which, and the others bring theirs.
function tabbing(list) {
  const board = list.querySelector(".board");
  on("click", "[data-jump]", (event, tab) => {
    const lane = document.getElementById(`lane-${tab.dataset.jump}`);
    board.scrollTo({ left: lane.offsetLeft - board.offsetLeft - parseFloat(getComputedStyle(board).paddingInlineStart) });
  }, list);
  const seen = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const tab = list.querySelector(`[data-jump="${target.id.slice(5)}"]`);
      if (isIntersecting) tab.setAttribute("aria-current", "true"); else tab.removeAttribute("aria-current");
    }
  }, { root: board, threshold: 0.6 });
  lanesOf(list).forEach((lane) => seen.observe(lane));
}

export default function board(list) {
  folding(list);
  walking(list);
  lifting(list);
  choosing(list);
  tabbing(list);
  dragging(list, { item: ".deal:not([data-fixed])", zone: ".board > section[data-drop]", drop: (card, lane) => move(list, card, lane) });
}
