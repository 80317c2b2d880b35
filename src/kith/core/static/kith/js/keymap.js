// What the keyboard does now. A combo is made of "⌃", "⌥", "⇧" and the physical key's name: "KeyJ" → "J", "⇧D", "F2".

const handlers = new Map();

/** Bind combos while `owner` is in the page; the handler returns false to let the next one try. Latest first. */
export function bind(owner, combos) {
  for (const [combo, run] of Object.entries(combos)) {
    if (!handlers.has(combo)) handlers.set(combo, []);
    handlers.get(combo).unshift({ owner, run });
  }
}

/** Run the first willing handler; true if one did. */
export function run(combo, event) {
  const known = handlers.get(combo);
  if (!known) return false;
  const alive = known.filter(({ owner }) => owner.isConnected);
  handlers.set(combo, alive);
  return alive.some(({ owner, run }) => inReach(owner) && run(event) !== false);
}

// With a dialog open only what is inside it (or what the whole page owns) answers.
function inReach(owner) {
  const dialog = document.querySelector("dialog:modal");
  return !dialog || owner === document.documentElement || dialog.contains(owner) || dialog.id === "drawer";
}

const NAMES = { Slash: "/", BracketLeft: "[", BracketRight: "]", ArrowLeft: "←", ArrowRight: "→", ArrowUp: "↑", ArrowDown: "↓", Backspace: "⌫" };

/** The combo of a key press, by physical key, so that it works on Russian and Chinese layouts. */
export function comboOf(event) {
  const key = event.code.replace(/^(Key|Digit)/, "");
  const name = event.code === "Slash" && event.shiftKey ? "?" : NAMES[event.code] ?? key.replace("NumpadEnter", "Enter");
  const shift = event.shiftKey && name !== "?" ? "⇧" : "";
  return `${event.ctrlKey || event.metaKey ? "⌃" : ""}${event.altKey ? "⌥" : ""}${shift}${name}`;
}
