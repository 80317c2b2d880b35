// Chooser of records: type to look up, arrows and Enter choose, Backspace removes the last of several, a row can create.
import { openAt } from "./menu.js";
import { post } from "./dom.js";

const DELAY = 150;

export default function combobox(box) {
  const input = box.querySelector("[role=combobox]");
  const list = box.querySelector("[role=listbox]");
  const values = box.querySelector("[data-values]");
  const clear = box.querySelector("[data-clear]");
  const multi = "multi" in box.dataset;
  let timer = 0;
  let call = null;
  let shown = input.defaultValue; // what the server drew, not what was typed before this module came

  const options = () => [...list.querySelectorAll("[role=option]:not([aria-disabled=true])")];
  const current = () => list.querySelector(".is-active");
  const chosen = () => [...values.querySelectorAll("input")].map((one) => one.value).filter(Boolean);

  async function look() {
    call?.abort();
    call = new AbortController();
    const url = new URL(box.dataset.lookup, location.href);
    url.searchParams.set("q", multi || input.value !== shown ? input.value : "");
    if (box.dataset.create) url.searchParams.set("create", "1");
    try {
      const answer = await fetch(url, { signal: call.signal, headers: { "HX-Request": "true" } });
      if (!answer.ok) throw new Error(String(answer.status));
      draw(await answer.text());
    } catch (error) {
      if (error.name !== "AbortError") draw("");
    }
  }

  function draw(html) {
    list.innerHTML = html;
    const known = new Set(chosen());
    options().forEach((option, index) => {
      option.id = `${list.id}-${index}`;
      option.setAttribute("aria-selected", String(known.has(option.dataset.value)));
    });
    if (!options().length) list.append(box.querySelector("template[data-none]").content.cloneNode(true));
    openAt(list, box.querySelector(".in"));
    input.setAttribute("aria-expanded", "true");
    activate(input.value && input.value !== shown ? options()[0] : null);
  }

  function activate(option) {
    current()?.classList.remove("is-active");
    if (!option) return input.removeAttribute("aria-activedescendant");
    option.classList.add("is-active");
    input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  function close() {
    call?.abort();
    clearTimeout(timer);
    if (list.matches(":popover-open")) list.hidePopover();
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function set(all) {
    values.replaceChildren(...(all.length ? all : [""]).map((value) => {
      const hidden = document.createElement("input");
      Object.assign(hidden, { type: "hidden", name: box.dataset.name, value });
      return hidden;
    }));
    if (clear) clear.hidden = !all.length;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function chip(value, words) {
    const tag = document.createElement("span");
    tag.className = "tag";
    tag.dataset.h = "grey";
    tag.dataset.value = value;
    tag.textContent = words;
    const remove = document.createElement("button");
    Object.assign(remove, { type: "button" });
    remove.dataset.remove = "";
    remove.setAttribute("aria-label", `${box.dataset.removeLabel} ${words}`);
    remove.append(box.querySelector("template[data-x]").content.cloneNode(true));
    tag.append(remove);
    input.before(tag);
  }

  async function choose(option) {
    let { value, text } = option.dataset;
    if ("new" in option.dataset) {
      const answer = await post(box.dataset.create, { name: text });
      if (!answer.ok) return;
      ({ value, text } = await answer.json());
    }
    if (!multi) {
      shown = input.value = text;
      set([value]);
      return close();
    }
    const all = chosen();
    if (all.includes(value)) drop(value);
    else { chip(value, text); set([...all, value]); }
    input.value = "";
    close();
  }

  function drop(value) {
    box.querySelector(`.tag[data-value="${CSS.escape(value)}"]`)?.remove();
    set(chosen().filter((one) => one !== value));
  }

  function step(by) {
    const all = options();
    if (!list.matches(":popover-open")) return look();
    if (all.length) activate(all[(all.indexOf(current()) + by + all.length) % all.length]);
  }

  input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(look, DELAY); });
  input.addEventListener("click", () => { if (!list.matches(":popover-open")) look(); });
  input.addEventListener("blur", () => setTimeout(() => {
    if (box.contains(document.activeElement)) return;
    close();
    if (multi) input.value = "";
    else if (!input.value && chosen().length) { shown = ""; set([]); }
    else input.value = shown;
  }, 120));
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const open = list.matches(":popover-open");
    if (event.key === "ArrowDown") step(1);
    else if (event.key === "ArrowUp") step(-1);
    else if (event.key === "Enter" && open && current()) choose(current());
    else if (event.key === "Escape" && open) close();
    else if (event.key === "Backspace" && multi && !input.value && chosen().length) drop(chosen().at(-1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]:not([aria-disabled=true])");
    if (option) choose(option);
  });
  box.addEventListener("click", (event) => {
    const tag = event.target.closest("[data-remove]")?.closest(".tag");
    if (tag) drop(tag.dataset.value);
    if (event.target.closest("[data-clear]")) { shown = input.value = ""; set([]); }
    if (tag || event.target.closest("[data-clear]")) input.focus();
  });
  if (document.activeElement === input && input.value !== shown) look();
}
