"""axe on a page. What depends on how a page is drawn takes most of the time, so it is asked of each way of drawing once in a run."""

from collections.abc import Iterable
from functools import cache
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Those of them that depend on how a page is drawn, so on its colours and sizes.
DRAWN = ("color-contrast", "target-size")
#: Ways of drawing in which nothing was found in this run.
_clean: set[int] = set()


def violations(shown: Page, within: str = "html", *, only: Iterable[str] = RULES, but: Iterable[str] = ()) -> list[str]:
    """What axe finds on a page, or within a part of it, by some rules only, or but for some: rule and the places.

    By the rules of `DRAWN` only elements are looked at, with all in them, that no page before drew in the same way.
    """
    if not shown.evaluate("'axe' in window"):
        shown.evaluate(f"{_axe()};0")
    drawn = [rule for rule in DRAWN if rule not in but]
    ways = set(shown.evaluate(WAYS, within)) - _clean if drawn else set()
    rules = [rule for rule in only if rule not in DRAWN]
    found: list[dict[str, Any]] = []
    if rules:
        found += shown.evaluate(FOUND, [within, _options(rules, {*but, *DRAWN})])
    if ways:
        found += shown.evaluate(FOUND_NEW, [[*ways], _options(drawn, ())])
    if not found:
        _clean.update(ways)
    return [f"{rule['id']}: {rule['places']}" for rule in found]


def _options(rules: list[str], left_out: Iterable[str]) -> dict[str, Any]:
    return {
        "runOnly": rules,
        "resultTypes": ["violations"],
        "rules": {rule: {"enabled": False} for rule in left_out},
    }


#: All that is asked for: the whole answer of axe, with what passed, takes as long to bring here as the search.
TOLD = ".violations.map(({ id, nodes }) => ({ id, places: nodes.map(({ target }) => target) }))"
FOUND = f"async ([within, options]) => (await axe.run(within, options)){TOLD}"
#: Elements that are drawn in one of these ways, without those that lie in another one of them.
FOUND_NEW = f"""
async ([ways, options]) => {{
  const wanted = new Set(ways), include = [];
  for (const [one, way] of window.kithWays)
    if (wanted.has(way) && !include.at(-1)?.contains(one)) include.push(one);
  return (await axe.run({{ include }}, options)){TOLD};
}}
"""
#: Each element's way of being drawn, as a number: all that style sheets tell apart in it and around it, on a screen of this kind.
WAYS = """
(within) => {
  const told = ["type", "role", "lang", "open", "hidden", "disabled", "readonly", "popover", "scope", "aria-busy", "aria-checked", "aria-current",
    "aria-disabled", "aria-expanded", "aria-invalid", "aria-pressed", "aria-selected", "aria-sort", "data-density", "data-edit", "data-fixed", "data-h",
    "data-lane", "data-lanes", "data-line", "data-nav", "data-one", "data-theme"];
  const number = (text, from) => {
    let [one, two] = [from >>> 0, (from / 4294967296) >>> 0];
    for (let at = 0; at < text.length; at++) {
      one = Math.imul(one ^ text.charCodeAt(at), 2654435761);
      two = Math.imul(two ^ text.charCodeAt(at), 1597334677);
    }
    return 4294967296 * (2097151 & two) + (one >>> 0);
  };
  const has = (media) => matchMedia(media).matches;
  const screen = number([innerWidth, innerHeight, has("(prefers-color-scheme: dark)"), has("(pointer: coarse)")].join(), 7);
  const ways = new Map();
  const way = (one) => {
    if (!one) return screen;
    if (!ways.has(one)) {
      const says = [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      const pressed = one.matches("a, button, input, select, textarea, summary, [tabindex], [role]") && one.getBoundingClientRect();
      const small = pressed && (pressed.width < 24 || pressed.height < 24);
      const own = [one.tagName, one.getAttribute("class"), says, one.checkVisibility(), small, one.getAttribute("style") || "-", ...told.map((name) => one.getAttribute(name) ?? "-")];
      ways.set(one, number(own.join("|"), way(one.parentElement)));
    }
    return ways.get(one);
  };
  const root = document.querySelector(within);
  const all = [root, ...root.querySelectorAll("*")];
  window.kithWays = all.map((one) => [one, way(one)]);
  return [...new Set(window.kithWays.map(([, number]) => number))];
}
"""


@cache
def _axe() -> str:
    return str(Axe().axe_script)
