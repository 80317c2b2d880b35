// Lines that are moved within a list and from one zone of it to another: by mouse, by finger, by buttons, by ⌥↑ and ⌥↓.
// Whole sections move the same way. The order of the form's values is the order of the lines; every move fires "change".
import { announce, on, text } from "./dom.js";
import { dragging } from "./drag.js";

export default function layout(root) {
  const zones = () => [...root.querySelectorAll("[data-zone]")];

  function moved(what) {
    const box = what.querySelector("input[type=checkbox]");
    if (box && what.matches("[data-piece]") && what.parentElement.dataset.zone !== "rest" && what.dataset.from === "rest") box.checked = true;
    delete what.dataset.from;
    what.dispatchEvent(new Event("change", { bubbles: true }));
    announce(text("moved"));
  }

  /** One line up or down, past the end of its zone into the next one. */
  function step(line, by) {
    const next = by < 0 ? line.previousElementSibling : line.nextElementSibling;
    line.dataset.from = line.parentElement.dataset.zone;
    if (next) by < 0 ? next.before(line) : next.after(line);
    else {
      const all = zones();
      const zone = all[all.indexOf(line.parentElement) + by];
      if (!zone) return;
      zone.closest("details")?.setAttribute("open", "");
      by < 0 ? zone.append(line) : zone.prepend(line);
    }
    moved(line);
  }

  function shift(section, by) {
    const next = by < 0 ? section.previousElementSibling : section.nextElementSibling;
    if (!next?.matches("[data-section]:not([data-fixed])")) return;
    by < 0 ? next.before(section) : next.after(section);
    moved(section);
  }

  function go(element, by) {
    const section = element.closest("[data-section-head]")?.parentElement;
    const line = element.closest("[data-piece]");
    if (section) shift(section, by);
    else if (line) step(line, by);
    element.focus();
    element.scrollIntoView({ block: "nearest" });
  }

  on("click", "[data-up], [data-down]", (event, button) => go(button, "up" in button.dataset ? -1 : 1), root);
  root.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!by || !event.altKey || !event.target.closest("[data-piece], [data-section-head]")) return;
    event.preventDefault();
    event.stopPropagation();
    go(event.target, by);
  });

  dragging(root, {
    item: "[data-piece]",
    zone: "[data-piece], [data-zone], [data-section-head]",
    drop(line, place, top) {
      if (place === line) return;
      line.dataset.from = line.parentElement.dataset.zone;
      const box = place.getBoundingClientRect();
      if (place.matches("[data-piece]")) top > box.top ? place.after(line) : place.before(line);
      else if (place.matches("[data-zone]")) place.append(line);
      else place.parentElement.querySelector("[data-zone]").prepend(line);
      moved(line);
    },
  });
  dragging(root, {
    item: "[data-section-head]",
    zone: "[data-section]:not([data-fixed])",
    drop(head, place, top) {
      const section = head.parentElement;
      if (place === section) return;
      const box = place.getBoundingClientRect();
      top > box.top ? place.after(section) : place.before(section);
      moved(section);
    },
  });

  /** The texts of a field below its line; what was given so far stands in hidden inputs until it is opened. */
  on("click", "[data-words]", (event, button) => {
    const line = button.closest("[data-piece]");
    let texts = line.querySelector(".lay-words");
    if (texts) texts.hidden = !texts.hidden;
    else {
      line.append(root.querySelector("template[data-new-words]").content.cloneNode(true));
      texts = line.querySelector(".lay-words");
      for (const element of [texts, ...texts.querySelectorAll("[name], [id], [for]")]) {
        for (const name of ["name", "id", "for"]) if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name).replace("NAME", button.dataset.words));
      }
      for (const given of line.querySelectorAll("input[type=hidden]")) {
        const input = texts.querySelector(`[name="${given.name}"]`);
        if (input) {
          input.value = given.value;
          given.remove();
        }
      }
      button.setAttribute("aria-controls", texts.id);
    }
    button.setAttribute("aria-expanded", String(!texts.hidden));
    if (!texts.hidden) texts.querySelector("input").focus();
  }, root);
  root.addEventListener("input", (event) => {
    if (!event.target.name?.startsWith("labels.") || event.target.lang !== document.documentElement.lang.toLowerCase()) return;
    const called = event.target.closest("[data-piece]").querySelector("[data-called]");
    called.textContent = event.target.value.trim() || called.dataset.called;
  });

  on("click", "[data-add-section]", () => {
    const key = `x-${Date.now().toString(36)}`;
    const piece = root.querySelector("template[data-new-section]").content.cloneNode(true);
    for (const element of piece.querySelectorAll("[name], [value], [id], [data-zone]")) {
      for (const name of ["name", "value", "id", "data-zone"]) if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name).replace("NEW", key));
    }
    const section = piece.querySelector("[data-section]");
    const rest = root.querySelector("[data-section][data-fixed]");
    if (rest) rest.before(section);
    else root.querySelector("[data-section]").parentElement.append(section);
    const title = section.querySelector("input[type=text]");
    title.focus();
    title.select();
    section.scrollIntoView({ block: "nearest" });
  }, root);
}
