// Copies the value of the input named by data-for; where the browser forbids it (plain http), the text is selected.
import { announce, text } from "./dom.js";
import { toast } from "./toast.js";

export default function copy(button) {
  button.addEventListener("click", async () => {
    const input = document.getElementById(button.dataset.for);
    input.select();
    try {
      await navigator.clipboard.writeText(input.value);
      toast({ text: text("copied") });
    } catch {
      input.focus();
      announce(input.value);
    }
  });
}
