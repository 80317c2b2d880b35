// Columns: drag the grip to change a width, the dots to change the order (⌥← ⌥→ on a heading do it by key).
// A new order changes the address (cols=…); the list's data-draft takes new widths: width=<column>:<pixels>.
import { announce, post, text } from "./dom.js";
import { reload } from "./table.js";

const LEAST = 48;

export default function columns(list) {
  const heads = () => [...list.querySelectorAll("thead th[data-column]")];
  const store = (values) => (list.dataset.draft ? post(list.dataset.draft, values) : Promise.resolve());

  function widen(th, width) {
    th.setAttribute("width", String(Math.round(width)));
    const index = [...th.parentElement.children].indexOf(th);
    for (const row of list.querySelectorAll("tbody tr, tfoot tr")) row.children[index]?.classList.add("fit");
  }

  function resize(event, grip) {
    event.preventDefault();
    const th = grip.closest("th");
    const [start, width] = [event.clientX, th.offsetWidth];
    const forward = getComputedStyle(list).direction === "rtl" ? -1 : 1;
    grip.classList.add("is-on");
    grip.setPointerCapture(event.pointerId);
    grip.onpointermove = (move) => widen(th, Math.max(LEAST, width + forward * (move.clientX - start)));
    grip.onpointerup = () => {
      grip.onpointermove = grip.onpointerup = null;
      grip.classList.remove("is-on");
      store({ width: `${th.dataset.column}:${Math.round(th.offsetWidth)}` });
    };
  }

  function reorder(event, grab) {
    event.preventDefault();
    const th = grab.closest("th");
    let over = null;
    grab.classList.add("is-on");
    const move = (at) => {
      over?.classList.remove("is-over");
      over = document.elementFromPoint(at.clientX, at.clientY)?.closest("thead th[data-column]");
      if (over && over !== th) over.classList.add("is-over");
    };
    const drop = () => {
      document.removeEventListener("pointermove", move);
      grab.classList.remove("is-on");
      over?.classList.remove("is-over");
      if (over && over !== th) put(th.dataset.column, heads().indexOf(over));
    };
    document.addEventListener("pointermove", move);
    document.addEventListener("pointerup", drop, { once: true });
  }

  async function put(column, at) {
    const names = heads().map((th) => th.dataset.column).filter((name) => name !== column);
    names.splice(at, 0, column);
    const query = new URLSearchParams(location.search);
    query.set("cols", names.join(","));
    await reload(`${location.pathname}?${query}`, true);
    announce(text("moved"));
    document.getElementById(`sort-${column}`)?.focus();
  }

  list.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest(".grip");
    const grab = event.target.closest(".grab");
    if (grip) resize(event, grip);
    else if (grab) reorder(event, grab);
  });
  list.addEventListener("click", (event) => { if (event.target.closest(".grab, .grip")) { event.preventDefault(); event.stopImmediatePropagation(); } }, true);
  list.addEventListener("keydown", (event) => {
    const th = event.target.closest("thead th[data-column]");
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!th || !by || !event.altKey) return;
    event.preventDefault();
    const at = heads().indexOf(th) + by;
    if (at >= 0 && at < heads().length) put(th.dataset.column, at);
  });
}
