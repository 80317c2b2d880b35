// A group of buttons that sets the row density.
import { choose, tasteOf } from "./shell.js";

export default function density(group) {
  const mark = () => {
    for (const button of group.querySelectorAll("[data-value]")) button.setAttribute("aria-pressed", String(button.dataset.value === tasteOf("density")));
  };
  group.addEventListener("click", (event) => {
    const button = event.target.closest("[data-value]");
    if (button) choose("density", button.dataset.value);
  });
  document.addEventListener("taste", mark);
  mark();
}
