// Entry: what every page needs at once, and the behaviours that a page asks for by data-behaviour="name other-name".
// <html data-arriving> counts the behaviours under way: 0 when everything on the page answers.
import "./requests.js";
import "./session.js";
import "./dialog.js";
import "./toast.js";
import "./keys.js";
import "./shell.js";
import "./palette.js";

const LOADERS = {
  board: () => import("./board.js"),
  calendar: () => import("./calendar.js"),
  cells: () => import("./cells.js"),
  chart: () => import("./chart.js"),
  columns: () => import("./columns.js"),
  combobox: () => import("./combobox.js"),
  composer: () => import("./composer.js"),
  copy: () => import("./copy.js"),
  dashboard: () => import("./dashboard.js"),
  density: () => import("./density.js"),
  download: () => import("./download.js"),
  filters: () => import("./filters.js"),
  focus: () => import("./focus.js"),
  groups: () => import("./groups.js"),
  inline: () => import("./inline.js"),
  layout: () => import("./layout.js"),
  matrix: () => import("./matrix.js"),
  menu: () => import("./menu.js"),
  order: () => import("./order.js"),
  passkey: () => import("./passkey.js"),
  record: () => import("./record.js"),
  remember: () => import("./remember.js"),
  pins: () => import("./pins.js"),
  reveal: () => import("./reveal.js"),
  rules: () => import("./rules.js"),
  selection: () => import("./selection.js"),
  sorting: () => import("./sorting.js"),
  table: () => import("./table.js"),
  tabs: () => import("./tabs.js"),
  theme: () => import("./theme.js"),
  tiles: () => import("./tiles.js"),
  tree: () => import("./tree.js"),
  upload: () => import("./upload.js"),
};
const attached = new WeakMap();
let arriving = 0;

async function attach(element) {
  const done = attached.get(element) ?? attached.set(element, new Set()).get(element);
  for (const name of element.dataset.behaviour.split(/\s+/)) {
    if (done.has(name)) continue;
    done.add(name);
    if (!LOADERS[name]) { console.error(`No behaviour "${name}"; known: ${Object.keys(LOADERS).join(", ")}`); continue; }
    // A page that is being left cannot load any more; that is no error.
    document.documentElement.dataset.arriving = ++arriving;
    const module = await LOADERS[name]().catch((error) => console.warn(`Behaviour "${name}" was not loaded`, error));
    if (module && element.isConnected) module.default(element);
    document.documentElement.dataset.arriving = --arriving;
  }
}

function scan(place) {
  if (place.matches?.("[data-behaviour]")) attach(place);
  place.querySelectorAll?.("[data-behaviour]").forEach(attach);
}

document.addEventListener("htmx:after:process", (event) => scan(event.target));
scan(document.body);
