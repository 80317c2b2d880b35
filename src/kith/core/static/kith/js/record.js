// A record under the keyboard: F2 edits its first field, ⇧← ⇧→ move the stage. J and K are links with data-key.
import { bind } from "./keymap.js";

export default function record(page) {
  function stage(by) {
    const steps = [...page.querySelectorAll(".stages > li")];
    const button = steps[steps.findIndex((step) => step.hasAttribute("aria-current")) + by]?.querySelector("button[hx-post]");
    if (!button) return false;
    button.click();
  }
  bind(page, {
    F2: () => {
      const pencil = page.querySelector("[data-edit-field]");
      if (!pencil) return false;
      pencil.click();
    },
    "⇧→": () => stage(1),
    "⇧←": () => stage(-1),
  });
}
