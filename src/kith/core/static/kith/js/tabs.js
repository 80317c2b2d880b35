// role=tablist: one tab stop, arrows move and choose. A tab shows the panel of aria-controls, or asks the server by htmx.
export default function tabs(list) {
  const all = () => [...list.querySelectorAll("[role=tab]")];

  function choose(tab, focus) {
    for (const one of all()) {
      const chosen = one === tab;
      one.setAttribute("aria-selected", String(chosen));
      one.tabIndex = chosen ? 0 : -1;
      const panel = document.getElementById(one.getAttribute("aria-controls"));
      if (panel && !one.hasAttribute("hx-get")) panel.hidden = !chosen;
    }
    if (focus) tab.focus();
    list.dispatchEvent(new CustomEvent("tab", { bubbles: true, detail: { tab } }));
  }

  // The chosen one is in sight, however many stand before it.
  const now = list.querySelector("[role=tab][aria-selected=true]");
  const [box, own] = [list.getBoundingClientRect(), now?.getBoundingClientRect()];
  if (own && (own.right > box.right || own.left < box.left)) list.scrollLeft += own.left - box.left - (box.width - own.width) / 2;

  list.addEventListener("click", (event) => {
    const tab = event.target.closest("[role=tab]");
    if (tab) choose(tab, false);
  });
  list.addEventListener("keydown", (event) => {
    const tabsNow = all();
    const at = tabsNow.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabsNow.length - 1 }[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const tab = tabsNow[(to + tabsNow.length) % tabsNow.length];
    choose(tab, true);
    if (tab.hasAttribute("hx-get")) tab.click();
  });
}
