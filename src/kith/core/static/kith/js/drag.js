// Carrying things with a pointer: the mouse at once, a finger after a long press. The browser's own dragging does not know fingers.
// dragging(root, { item, zone, lift, over, drop }): `item` and `zone` are selectors; drop(item, zone, top) after letting go over a zone, `top` being where its upper edge was.

const FAR = 5; // pixels until a mouse press is a drag
const LONG = 350; // milliseconds until a touch is
const EDGE = 48; // pixels from the edge in which what lies under the pointer scrolls

export function dragging(root, { item, zone, lift = () => {}, over = () => {}, drop }) {
  let held = null;

  function press(event) {
    const what = event.target.closest?.(item);
    if (!what || event.button || event.target.closest("button, input, [data-no-drag]")) return;
    held = { what, x: event.clientX, y: event.clientY, id: event.pointerId, touch: event.pointerType !== "mouse", shade: null, zone: null };
    if (held.touch) held.timer = setTimeout(() => held && begin(held.x, held.y), LONG);
  }

  function begin(x, y) {
    const box = held.what.getBoundingClientRect();
    const shade = held.what.cloneNode(true);
    for (const element of [shade, ...shade.querySelectorAll("[id]")]) element.removeAttribute("id");
    shade.classList.add("is-drag", "carried");
    shade.setAttribute("aria-hidden", "true");
    Object.assign(shade.style, { inlineSize: `${box.width}px`, blockSize: `${box.height}px`, left: `${box.left}px`, top: `${box.top}px` });
    document.body.append(shade);
    Object.assign(held, { shade, dx: x - box.left, dy: y - box.top, px: x, py: y });
    held.what.classList.add("is-ghost");
    root.classList.add("is-dragging");
    lift(held.what);
    held.frame = requestAnimationFrame(scroll);
  }

  function move(event) {
    if (!held || event.pointerId !== held.id) return;
    const far = Math.hypot(event.clientX - held.x, event.clientY - held.y) > FAR;
    if (!held.shade && held.touch && far) return stop(); // the finger scrolls
    if (!held.shade && far) begin(held.x, held.y);
    if (held.shade) carry(event);
  }

  function carry({ clientX, clientY }) {
    Object.assign(held, { px: clientX, py: clientY });
    Object.assign(held.shade.style, { left: `${clientX - held.dx}px`, top: `${clientY - held.dy}px` });
    const place = document.elementFromPoint(clientX, clientY)?.closest(zone) ?? null;
    enter(place && root.contains(place) ? place : null);
  }

  function enter(place) {
    if (held.zone === place) return;
    held.zone?.classList.remove("is-over");
    place?.classList.add("is-over");
    held.zone = place;
    over(place);
  }

  // What lies near the edge under the pointer scrolls towards it.
  function scroll() {
    if (!held?.shade) return;
    for (let box = document.elementFromPoint(held.px, held.py); box && root.contains(box); box = box.parentElement) {
      const edge = box.getBoundingClientRect();
      const [x, y] = [step(held.px, edge.left, edge.right), step(held.py, edge.top, edge.bottom)];
      if (x || y) box.scrollBy(x, y);
    }
    held.frame = requestAnimationFrame(scroll);
  }

  function finish(event) {
    if (!held || event.pointerId !== held.id) return;
    const { what, zone: place, shade, dy } = held;
    stop();
    if (!shade) return;
    suppressClick();
    if (place && event.type === "pointerup") drop(what, place, event.clientY - dy);
  }

  function stop() {
    clearTimeout(held?.timer);
    cancelAnimationFrame(held?.frame);
    held?.shade?.remove();
    held?.what.classList.remove("is-ghost");
    held?.zone?.classList.remove("is-over");
    root.classList.remove("is-dragging");
    held = null;
  }

  root.addEventListener("pointerdown", press);
  root.addEventListener("dragstart", (event) => { if (event.target.closest?.(item)) event.preventDefault(); });
  // A long press would open the browser's menu of links, and a lifted thing must not scroll the page.
  root.addEventListener("contextmenu", (event) => { if (held?.touch) event.preventDefault(); });
  root.addEventListener("touchmove", (event) => { if (held?.shade) event.preventDefault(); }, { passive: false });
  const whole = new AbortController();
  const listen = (type, handler) => document.addEventListener(type, (event) => (root.isConnected ? handler(event) : whole.abort()), { signal: whole.signal });
  listen("pointermove", move);
  listen("pointerup", finish);
  listen("pointercancel", (event) => { if (held && event.pointerId === held.id) stop(); });
  listen("keydown", (event) => { if (held?.shade && event.key === "Escape") { event.preventDefault(); stop(); } });
}

const step = (at, from, to) => (at < from + EDGE && at > from ? -8 : at > to - EDGE && at < to ? 8 : 0);

// Letting go over a link is no click on it; the next press is one again.
function suppressClick() {
  const over = new AbortController();
  const listen = (type, handler) => document.addEventListener(type, handler, { capture: true, signal: over.signal });
  listen("click", (event) => { if (event.isTrusted) { event.preventDefault(); event.stopPropagation(); over.abort(); } });
  listen("pointerdown", () => over.abort());
  listen("keydown", () => over.abort());
}
