// Small helpers that every behaviour shares.

export const root = document.documentElement;

/** The page's word for `key` (page_texts.html): scripts hold no texts. */
export function text(key) {
  return document.getElementById("texts")?.dataset[key] ?? "";
}

/** Call handler(event, element) when `type` happens inside an element matching `selector`. */
export function on(type, selector, handler, where = document) {
  where.addEventListener(type, (event) => {
    const element = event.target instanceof Element ? event.target.closest(selector) : null;
    if (element && where.contains(element)) handler(event, element);
  });
}

/** Whether the key belongs to a control that takes text. */
export function isTyping(event) {
  const element = event.target;
  if (!(element instanceof HTMLElement)) return false;
  if (element.isContentEditable || element.matches("textarea, select")) return true;
  return element.matches("input") && !["checkbox", "radio", "button", "submit"].includes(element.type);
}

/** Tell a screen reader, politely. */
export function announce(message) {
  const live = document.getElementById("live");
  if (live) live.textContent = message;
}

export function csrf() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** POST form values outside htmx; resolves to the response. */
export function post(url, values = {}) {
  const body = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) for (const one of [value].flat()) body.append(name, one);
  return fetch(url, { method: "POST", body, headers: { "X-CSRFToken": csrf(), "HX-Request": "true" } });
}

/** Whether the element can be seen and pressed. */
export function usable(element) {
  return element.checkVisibility({ visibilityProperty: true }) && !element.matches(":disabled, [aria-disabled=true]");
}

export function modalOpen() {
  return document.querySelector("dialog:modal");
}

/** Remember a small choice of this device; a full or forbidden store is no error. */
export function remember(key, value) {
  try {
    if (value === null) localStorage.removeItem(`kith:${key}`);
    else localStorage.setItem(`kith:${key}`, value);
  } catch { /* private mode */ }
}
export function recall(key) {
  try { return localStorage.getItem(`kith:${key}`); } catch { return null; }
}
