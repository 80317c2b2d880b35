// A <details> with an id that stays as this device left it.
import { recall, remember } from "./dom.js";

export default function details(element) {
  const known = recall(`open:${element.id}`);
  if (known !== null) element.open = known === "1";
  element.addEventListener("toggle", () => remember(`open:${element.id}`, element.open ? "1" : "0"));
}
