// Writing a note: the draft survives a reload (data-draft is its key), @ mentions a colleague (data-mentions looks them up),
// files are listed before they are sent, and a sent text empties the box. [data-quote] beside a note quotes it, or the chosen part.
import { announce, recall, remember, text } from "./dom.js";
import { openAt } from "./menu.js";

export default function composer(form) {
  const area = form.querySelector("textarea");
  const key = form.dataset.draft && `draft:${form.dataset.draft}`;
  const files = form.querySelector("input[type=file]");
  const list = form.querySelector("[data-mention-list]");
  let timer = 0;

  function restore() {
    const known = key && recall(key);
    if (!known || area.value) return;
    area.value = known;
    announce(text("restored"));
  }

  function word() {
    const found = area.value.slice(0, area.selectionStart).match(/(?:^|\s)@([\p{L}\p{N}._-]{0,40})$/u);
    return found ? found[1] : null;
  }

  async function suggest() {
    const typed = list && word();
    if (typed === null || typed === undefined || typed === false) return list?.matches(":popover-open") && list.hidePopover();
    const url = new URL(form.dataset.mentions, location.href);
    url.searchParams.set("q", typed);
    const answer = await fetch(url, { headers: { "HX-Request": "true" } });
    if (!answer.ok) return;
    list.innerHTML = await answer.text();
    activate(list.querySelector("[role=option]"));
    if (list.childElementCount) openAt(list, area);
  }

  function activate(option) {
    list.querySelector(".is-active")?.classList.remove("is-active");
    option?.classList.add("is-active");
  }

  function mention(option) {
    const before = area.value.slice(0, area.selectionStart).replace(/@[\p{L}\p{N}._-]*$/u, `@${option.dataset.text} `);
    area.value = before + area.value.slice(area.selectionStart);
    area.setSelectionRange(before.length, before.length);
    const hidden = Object.assign(document.createElement("input"), { type: "hidden", name: "mention", value: option.dataset.value });
    form.append(hidden);
    list.hidePopover();
    area.focus();
  }

  function choosing(event) {
    if (!list?.matches(":popover-open") || event.isComposing) return;
    const all = [...list.querySelectorAll("[role=option]")];
    const at = all.findIndex((option) => option.matches(".is-active"));
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by && all.length) activate(all[(at + by + all.length) % all.length]);
    else if ((event.key === "Enter" || event.key === "Tab") && all[at]) mention(all[at]);
    else if (event.key === "Escape") list.hidePopover();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function names() {
    const place = form.querySelector("[data-files]");
    place?.replaceChildren(...[...files.files].map((file) => Object.assign(document.createElement("span"), { className: "tag", textContent: file.name })));
  }

  function quote(button) {
    const place = form.querySelector("[data-reply]");
    const source = button.closest("article")?.querySelector("[data-note-text]");
    if (!place || !source) return;
    const chosen = getSelection();
    const part = chosen.rangeCount && source.contains(chosen.anchorNode) && source.contains(chosen.focusNode) ? chosen.toString().trim() : "";
    fill(place, button.dataset.quote, button.dataset.quoteBy, [...(part || source.textContent.trim())].slice(0, 500).join(""));
    document.getElementById(form.closest("[role=tabpanel]")?.getAttribute("aria-labelledby"))?.click();
    area.focus();
  }

  function fill(place, key, by, words) {
    place.hidden = !key;
    place.querySelector("[name=reply_to]").value = key;
    place.querySelector("[name=quote]").value = words;
    place.querySelector("[data-reply-by]").textContent = by;
    place.querySelector("[data-reply-text]").textContent = words;
  }

  const quoting = (event) => {
    if (!form.isConnected) return document.removeEventListener("click", quoting);
    const button = event.target.closest("[data-quote]");
    if (button) quote(button);
  };
  document.addEventListener("click", quoting);
  form.querySelector("[data-reply-off]")?.addEventListener("click", () => { fill(form.querySelector("[data-reply]"), "", "", ""); area.focus(); });
  area.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (key) remember(key, area.value || null); suggest(); }, 250);
  });
  area.addEventListener("keydown", choosing);
  list?.addEventListener("pointerdown", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) { event.preventDefault(); mention(option); }
  });
  files?.addEventListener("change", names);
  form.querySelector("[data-attach]")?.addEventListener("click", () => files?.click());
  form.querySelector("[data-at]")?.addEventListener("click", () => { area.setRangeText("@", area.selectionStart, area.selectionEnd, "end"); area.focus(); suggest(); });
  form.addEventListener("tab", () => area.focus());
  form.addEventListener("htmx:after:request", (event) => {
    if (event.target !== form || event.detail.ctx.response.status >= 300) return;
    clearTimeout(timer);
    if (key) remember(key, null);
    form.reset();
    form.querySelectorAll("input[name=mention]").forEach((hidden) => hidden.remove());
    form.querySelector("[data-files]")?.replaceChildren();
  });
  restore();
}
