// A calendar: entries are moved by mouse, finger or keys (M, arrows, Enter); D, W, M, T change what is shown; arrows walk over the days.
// Markup: #list[data-move="…{id}…"] [data-day] .evt[data-evt][data-version]; in a week .dcol[data-new-at] takes clicks at a time of day.
import { announce, on } from "./dom.js";
import { dragging } from "./drag.js";
import { bind } from "./keymap.js";
import { peek } from "./table.js";

const STEP = 15; // minutes
const daysOf = (list) => [...list.querySelectorAll("[data-day]")];
const timed = (list) => list.querySelector(".cal:not(.untimed)");

/** The time of day at a height of a column, to the quarter of an hour; empty where entries have none, as in a month. */
function clockAt(list, day, y) {
  if (!timed(list) || getComputedStyle(day).position !== "relative") return "";
  const hour = day.offsetHeight / Number(timed(list).dataset.hours);
  const minutes = Math.max(0, Math.min(24 * 60 - STEP, Number(list.dataset.hour) * 60 + Math.round(((y - day.getBoundingClientRect().top) / hour) * 60 / STEP) * STEP));
  return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
}

/** Move an entry at once and ask the server; what it refuses goes back. */
function move(list, entry, day, time = "") {
  if (day.contains(entry) && (!time || time === entry.dataset.clock)) return;
  const from = { day: entry.parentElement, next: entry.nextElementSibling };
  if (!day.contains(entry)) day.append(entry);
  entry.focus({ preventScroll: true });
  const settle = ({ detail: { ctx } }) => {
    if (ctx.sourceElement !== entry) return;
    document.removeEventListener("htmx:finally:request", settle);
    if (ctx.response && ctx.response.status < 400) return;
    from.day.insertBefore(entry, from.next?.isConnected ? from.next : null);
    entry.focus({ preventScroll: true });
    entry.classList.add("is-refused");
    setTimeout(() => entry.classList.remove("is-refused"), 600);
  };
  document.addEventListener("htmx:finally:request", settle);
  const values = { day: day.dataset.day, from: from.day.closest("[data-day]").dataset.day, time, version: entry.dataset.version };
  window.htmx.ajax("POST", list.dataset.move.replace("{id}", entry.dataset.evt), { target: entry, swap: "none", source: entry, values });
}

function lifting(list) {
  let lifted = null;
  const say = (name, what) => announce(list.dataset[name].replace("{what}", what));

  function lift() {
    const entry = document.activeElement?.closest?.(".evt:not([data-fixed])");
    if (!entry || !list.contains(entry)) return false;
    lifted = { entry, home: entry.closest("[data-day]"), over: entry.closest("[data-day]") };
    entry.classList.add("is-lifted");
    lifted.over.classList.add("is-over");
    say("lifted", entry.dataset.name);
  }

  function hover(by) {
    const days = daysOf(list);
    const next = days[days.indexOf(lifted.over) + by];
    if (!next) return;
    lifted.over.classList.remove("is-over");
    next.classList.add("is-over");
    next.scrollIntoView({ block: "nearest" });
    lifted.over = next;
    say("over", next.dataset.label);
  }

  function letGo(drop) {
    const { entry, over, home } = lifted;
    entry.classList.remove("is-lifted");
    over.classList.remove("is-over");
    lifted = null;
    if (drop && over !== home) move(list, entry, over);
    else announce(list.dataset.back);
  }

  const week = list.querySelector(".month") ? 7 : 1;
  const keys = { ArrowLeft: () => hover(-1), ArrowRight: () => hover(1), ArrowUp: () => hover(-week), ArrowDown: () => hover(week), Enter: () => letGo(true), " ": () => letGo(true), Escape: () => letGo(false) };
  list.addEventListener("keydown", (event) => {
    if (!lifted || !keys[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });
  list.addEventListener("focusout", (event) => { if (lifted && event.relatedTarget !== lifted.entry) letGo(false); });
  return lift;
}

function walking(list) {
  const numbers = () => [...list.querySelectorAll("button.dn")];
  function step(by) {
    const all = numbers();
    const here = document.activeElement?.closest?.("[data-day]")?.dataset.day ?? document.activeElement?.id?.slice(3);
    const at = all.findIndex((button) => button.id === `dn-${here}`);
    const today = all.findIndex((button) => button.closest(".today"));
    const next = all[at < 0 ? Math.max(0, today) : at + by];
    if (!next) return false;
    next.focus();
  }
  const week = list.querySelector(".month") ? 7 : 1;
  return { "←": () => step(-1), "→": () => step(1), "↑": () => (week > 1 ? step(-week) : false), "↓": () => (week > 1 ? step(week) : false) };
}

function press(list, key) {
  const link = list.querySelector(`[data-period="${key}"]`);
  if (!link) return false;
  link.click();
}

export default function calendar(list) {
  const lift = lifting(list);
  bind(list, {
    ...walking(list), T: () => press(list, "T"), D: () => press(list, "D"), W: () => press(list, "W"),
    M: () => (lift() === false ? press(list, "M") : undefined),
    Space: () => {
      const drawer = document.getElementById("drawer");
      if (drawer?.open) return drawer.close();
      return peek(document.activeElement?.closest?.(".evt"));
    },
  });
  on("click", ".evt", (event, entry) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    peek(entry);
  }, list);
  // An empty place of a day is where a new record begins; keys have the number of the day for that.
  on("click", ".dcol[data-new-at]", (event, day) => {
    if (!day.dataset.newAt || event.target.closest("a, button")) return;
    const clock = clockAt(list, day, event.clientY);
    const address = clock ? day.dataset.newAt.replace(/T\d\d%3A\d\d/, `T${encodeURIComponent(clock)}`) : day.dataset.newAt;
    window.htmx.ajax("GET", address, { target: "#modal", swap: "innerHTML", source: day });
  }, list);
  dragging(list, {
    item: ".evt:not([data-fixed])", zone: "[data-day]",
    drop: (entry, day, top) => move(list, entry, day, clockAt(list, day, top)),
  });
}
