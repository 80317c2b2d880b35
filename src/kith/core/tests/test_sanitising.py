"""Formatted text is harmless where it is shown: every payload comes out as text of the short list, for a parser and for Chromium."""

from html.parser import HTMLParser

from kith.core import sanitising
from kith.core.testing import browser as browsing
from kith.core.ui import values

from .xss_payloads import PAYLOADS

ALLOWED = {tag: sanitising.ATTRIBUTES["*"] | sanitising.ATTRIBUTES.get(tag, set()) for tag in sanitising.TAGS}
ALLOWED["a"] = ALLOWED["a"] | {"rel", "target"}
CLEAN = [sanitising.clean(payload) for payload in PAYLOADS]


class Reader(HTMLParser):
    """Notes everything that is no text of the list."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.wrong: list[str] = []
        self.elements = 0
        self.shape: list[object] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        self.shape.append((tag, sorted(attrs)))
        if tag not in ALLOWED:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name not in ALLOWED.get(tag, set()):
                self.wrong.append(f"<{tag} {name}>")
            if name == "href" and not sanitising.ADDRESS.fullmatch(value or ""):
                self.wrong.append(f"{name}={value}")
            if name in sanitising.NUMBERS and not (value or "").isdigit():
                self.wrong.append(f"{name}={value}")

    def handle_data(self, data: str) -> None:
        self.shape.append(data)

    def handle_endtag(self, tag: str) -> None:
        self.shape.append(f"/{tag}")

    def handle_comment(self, data: str) -> None:
        self.wrong.append(f"<!--{data}-->")

    handle_decl = handle_pi = unknown_decl = handle_comment


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def shape(html: str) -> list[object]:
    """What it is, whatever the order of attributes."""
    return read(html).shape


def test_there_are_enough_payloads() -> None:
    assert len(PAYLOADS) >= 200


def test_nothing_active_stays() -> None:
    assert [(p, read(clean).wrong) for p, clean in zip(PAYLOADS, CLEAN, strict=True) if read(clean).wrong] == []


def test_cleaned_again_it_is_the_same() -> None:
    again = [(p, clean) for p, clean in zip(PAYLOADS, CLEAN, strict=True) if shape(sanitising.clean(clean)) != shape(clean)]  # fmt: skip
    assert again == []


def test_the_reader_sees_what_is_not_cleaned() -> None:
    seen = [payload for payload in PAYLOADS if read(payload).wrong]
    assert len(seen) > 180


def test_what_people_write_stays() -> None:
    text = '<h2>Title</h2><p lang="ru">Some <b>bold</b>, <i>slanted</i> <a href="https://example.org/a?b=c&amp;d">link</a></p><ul><li>one</li></ul><table><tr><td colspan="2">x</td></tr></table>'
    clean = sanitising.clean(text)
    for piece in ("<h2>Title</h2>", '<p lang="ru">', "<b>bold</b>", 'href="https://example.org/a?b=c&amp;d"', "<li>one</li>", 'colspan="2"'):  # fmt: skip
        assert piece in clean
    assert f'rel="{sanitising.REL}"' in clean and 'target="_blank"' in clean


def test_the_page_shows_rich_text_through_it() -> None:
    spec = None
    shown = str(values.SHOW["richtext"](spec, "<p onclick=hit=1>x<script>hit=1</script></p>", {}, False))  # type: ignore[arg-type]
    assert shown == '<div class="rich"><p>x</p></div>'
    assert "<" not in values.SHOW["richtext"](spec, "<p>x</p><img src=x onerror=hit=1>", {}, True)  # type: ignore[arg-type]


#: Puts each text into the page as a page would, lets what wants to run do so, and tells what stands there.
LOOK = """
(texts) => texts.map(text => {
  const box = document.createElement('div');
  document.body.append(box);
  box.innerHTML = text;
  box.querySelectorAll('*').forEach(one => { one.click?.(); one.dispatchEvent(new Event('mouseover')); });
  const found = [...box.querySelectorAll('*')].map(one => [one.localName, one.namespaceURI, [...one.attributes].map(a => [a.name, a.value])]);
  const again = box.innerHTML;
  box.innerHTML = again;
  const same = box.innerHTML === again;
  box.remove();
  return {found, same};
})
"""
HTML = "http://www.w3.org/1999/xhtml"


def in_chromium(browser: object, texts: list[str]) -> tuple[list[dict[str, object]], bool, list[str]]:
    """What Chromium makes of texts, whether one of them ran, and what it asked for."""
    context = browser.new_context(base_url=browsing.ORIGIN)  # type: ignore[attr-defined]
    asked: list[str] = []

    def answer(route: object) -> None:
        if route.request.url.rstrip("/") == browsing.ORIGIN:  # type: ignore[attr-defined]
            route.fulfill(body="<!doctype html><body></body>", content_type="text/html")  # type: ignore[attr-defined]
        else:
            asked.append(route.request.url)  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]

    try:
        context.route("**/*", answer)
        page = context.new_page()
        page.goto("/")
        page.evaluate("addEventListener('click', event => event.preventDefault(), true)")
        found = page.evaluate(LOOK, texts)
        page.wait_for_timeout(100)
        return found, bool(page.evaluate("'hit' in window")), asked
    finally:
        context.close()


def test_chromium_sees_what_the_parser_sees(browser: object) -> None:
    """Without any policy, so that only the sanitiser protects."""
    found, ran, asked = in_chromium(browser, CLEAN)
    assert not ran and asked == []
    for payload, clean, seen in zip(PAYLOADS, CLEAN, found, strict=True):
        assert seen["same"], payload
        elements = seen["found"]
        wrong = [
            (tag, name)
            for tag, space, attributes in elements  # type: ignore[attr-defined]
            for name in [*(name for name, _value in attributes), ""]
            if space != HTML or tag not in ALLOWED or (name and name not in ALLOWED[tag])
        ]
        assert wrong == [], payload
        implied = sum(tag == "tbody" for tag, _space, _attributes in elements)  # type: ignore[attr-defined]
        assert 0 <= len(elements) - read(clean).elements <= implied, payload  # type: ignore[arg-type]


def test_chromium_runs_what_is_not_cleaned(browser: object) -> None:
    """Else the look above would see nothing anyway."""
    _found, ran, asked = in_chromium(browser, ["<img src=x onerror=hit=1>", "<img src=https://evil.example/pixel>"])
    assert ran and "https://evil.example/pixel" in asked
