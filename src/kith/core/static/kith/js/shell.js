// The sidebar folds with [ ; ⇧D changes row density; the device's choices come back with the next page.
import { on, post, root } from "./dom.js";
import { bind } from "./keymap.js";

function fold() {
  const app = document.querySelector(".app");
  if (!app) return false;
  const rail = app.dataset.nav !== "rail";
  if (rail) app.dataset.nav = "rail"; else delete app.dataset.nav;
  document.cookie = `kith_nav=${rail ? "rail" : "wide"};path=/;max-age=31536000;samesite=lax`;
  document.querySelector("[data-fold]")?.setAttribute("aria-pressed", String(rail));
}

const USUAL = { theme: "auto", density: "comfortable" };

/** What the reader sees now: theme or density. */
export const tasteOf = (name) => root.dataset[name] ?? USUAL[name];

/** Change a taste of the reader at once and store it in the profile. */
export function choose(name, value) {
  if (value === USUAL[name]) delete root.dataset[name]; else root.dataset[name] = value;
  document.dispatchEvent(new CustomEvent("taste", { detail: { name, value } }));
  return post("/profile/taste", { [name]: value });
}

on("click", "[data-fold]", fold);
bind(root, {
  "[": fold,
  "⇧D": () => { choose("density", tasteOf("density") === "compact" ? "comfortable" : "compact"); },
});
