// A dashboard: its tiles are fetched a few at a time, each on its own, and again each minute while the page is seen and the reader wants it.
import { on, recall, remember } from "./dom.js";

const AT_ONCE = 2; // requests: others on the page must not wait for slow tiles
const PAUSE = 60_000;

async function fetched(address) {
  const answer = await fetch(address, { headers: { "HX-Request": "true" }, credentials: "same-origin" });
  if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
  return answer.text();
}

/** Put an answer into its tile; what the reader chose in it (chart or table) stays. */
function put(tile, html) {
  const chosen = [...tile.querySelectorAll("input[type=radio]:checked")].map(({ name, value }) => [name, value]);
  tile.innerHTML = html;
  for (const [name, value] of chosen) tile.querySelector(`input[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"]`)?.click();
  tile.dataset.at = Date.now();
  window.htmx.process(tile);
}

async function load(tile, root, { quiet = false } = {}) {
  // Nothing is taken away under somebody's hands.
  if (quiet && (tile.contains(document.activeElement) || tile.querySelector(":popover-open"))) return;
  try {
    put(tile, await fetched(tile.dataset.tile));
  } catch {
    if (quiet || !tile.isConnected) return; // what stands there is better than nothing
    const lost = root.querySelector("template[data-lost]").content.cloneNode(true);
    tile.querySelector(".body, .kpi")?.replaceChildren(lost);
  }
}

/** All tiles, from the top, a few at a time. */
async function loadAll(root, options) {
  const waiting = [...root.querySelectorAll("[data-tile]")];
  const work = async () => { while (waiting.length && root.isConnected) await load(waiting.shift(), root, options); };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

export default function dashboard(root) {
  loadAll(root);
  on("click", "[data-again]", (_event, button) => load(button.closest("[data-tile]"), root), root);

  const button = document.querySelector("[data-auto]");
  const wanted = () => recall("dashboard-auto") !== "off";
  const show = () => button?.setAttribute("aria-checked", String(wanted()));
  const turn = () => { remember("dashboard-auto", wanted() ? "off" : null); show(); };
  let last = Date.now();
  const look = async () => {
    if (!root.isConnected) return stop();
    if (!wanted() || document.visibilityState !== "visible" || Date.now() - last < PAUSE - 500) return;
    last = Date.now();
    await loadAll(root, { quiet: true });
  };
  const clock = setInterval(look, PAUSE);
  const stop = () => { clearInterval(clock); document.removeEventListener("visibilitychange", look); button?.removeEventListener("click", turn); };
  document.addEventListener("visibilitychange", look);
  button?.addEventListener("click", turn);
  show();
}
