// A group of buttons that sets light, dark, or what the device says.
import { choose, tasteOf } from "./shell.js";

export default function theme(group) {
  const mark = () => {
    for (const button of group.querySelectorAll("[data-value]")) button.setAttribute("aria-pressed", String(button.dataset.value === tasteOf("theme")));
  };
  group.addEventListener("click", (event) => {
    const button = event.target.closest("[data-value]");
    if (button) choose("theme", button.dataset.value);
  });
  document.addEventListener("taste", mark);
  mark();
}
