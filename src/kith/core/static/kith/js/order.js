// A list whose lines move up and down: buttons data-up and data-down; the order of the form's values is the order of the lines.
import { announce, text } from "./dom.js";

export default function order(list) {
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-up], [data-down]");
    const line = button?.closest("li");
    if (!line) return;
    if ("up" in button.dataset) line.previousElementSibling?.before(line);
    else line.nextElementSibling?.after(line);
    button.focus();
    announce(text("moved"));
  });
}
