// Filter chips: each carries data-term, its f= parameter. Its parts open the editor (data-edit) in #filter-pop; × removes it.
// An editor is form[data-filter-editor][data-term] with controls field, op and value; saving changes the address and the list.
import { openAt } from "./menu.js";
import { reload } from "./table.js";

const escapeValue = (value) => value.replace(/[\\,]/g, "\\$&");

/** The f= parameter that an editor describes. */
export function termOf(form) {
  const data = new FormData(form);
  const [field, op] = [data.get("field"), data.get("op")];
  const values = data.getAll("value").filter((value) => value !== "");
  return values.length ? `${field}:${op}:${values.map(escapeValue).join(",")}` : `${field}:${op}`;
}

/** The page's address with one condition replaced (old empty: added; fresh empty: removed) and paging forgotten.
    An element with data-query holds the conditions written out, those of a saved view too. */
export function address(old, fresh) {
  const query = new URLSearchParams(document.querySelector("[data-query]")?.dataset.query ?? location.search);
  const terms = query.getAll("f");
  const at = terms.indexOf(old);
  if (at >= 0) terms.splice(at, 1, ...(fresh ? [fresh] : []));
  else if (fresh) terms.push(fresh);
  for (const name of ["f", "after", "before", "at"]) query.delete(name);
  const kept = terms.filter(Boolean);
  // An empty f= says "no condition", against those of the saved view.
  for (const term of kept.length ? kept : [""]) query.append("f", term);
  return `${location.pathname}?${query}`;
}

export default function filters(bar) {
  const pop = document.getElementById("filter-pop");

  async function openEditor(button) {
    const url = new URL(button.dataset.edit, location.href);
    if (button.dataset.part) url.searchParams.set("part", button.dataset.part);
    await window.htmx.ajax("GET", url.pathname + url.search, { target: pop, swap: "innerHTML", source: pop });
    openAt(pop, button);
    const part = button.dataset.part === "op" ? "[name=op]" : "[name=value], [role=combobox]";
    (pop.querySelector(part) ?? pop.querySelector("select, input:not([type=hidden])"))?.focus();
  }

  function remove(chip) {
    const next = chip.nextElementSibling?.querySelector("button") ?? chip.nextElementSibling;
    const id = next?.id;
    return reload(address(chip.dataset.term, ""), true).then(() => (document.getElementById(id) ?? document.querySelector(".fchip.add"))?.focus());
  }

  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-edit]");
    if (button) openEditor(button);
    else if (event.target.closest("[data-drop]")) remove(event.target.closest("[data-term]"));
  });
  bar.addEventListener("keydown", (event) => {
    const chip = event.target.closest(".fchip[data-term]");
    if (!chip) return;
    const parts = [...chip.querySelectorAll("button")];
    const at = parts.indexOf(event.target);
    if (event.key === "ArrowRight") parts[at + 1]?.focus();
    else if (event.key === "ArrowLeft") parts[at - 1]?.focus();
    else if (event.key === "Backspace" || event.key === "Delete") remove(chip);
    else return;
    event.preventDefault();
  });
  pop?.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-filter-editor]");
    if (!form) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    pop.hidePopover();
    reload(address(form.dataset.term ?? "", termOf(form)), true);
  }, true);
}
