"""Rules about templates: nothing that the policy of the pages forbids, nothing that is not escaped."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .rule import Breach


@dataclass(frozen=True)
class TemplateRule:
    """A pattern that no template may hold."""

    name: str
    says: str
    pattern: re.Pattern[str]
    bad: tuple[str, ...]
    good: tuple[str, ...]
    but: Mapping[str, str] = field(default_factory=dict)


TEMPLATE_RULES = (
    TemplateRule(
        "template-safe",
        "a value is not escaped",
        re.compile(r"\|\s*safe\b|autoescape\s+false|\bMarkup\("),
        ("{{ name|safe }}", "{{ name | safe }}", "{% autoescape false %}"),
        ("{{ name }}", "{{ unsafe }}"),
    ),
    TemplateRule(
        "template-handler",
        "a handler in the markup; use a behaviour of static/kith/js",
        re.compile(r"<[^>{]*\s(on[a-z]+|hx-on[\w:.-]*|x-on[\w:.-]*)\s*=", re.I),
        ("<b onclick='x()'>", '<a hx-on:click="x()">'),
        ("<b data-on='x'>", "{% if a %}onward = 1{% endif %}"),
    ),
    TemplateRule(
        "template-script-address",
        "an address that is a script",
        re.compile(r"javascript:|vbscript:", re.I),
        ("<a href='javascript:x()'>",),
        ("<a href='/javascript'>",),
    ),
    TemplateRule(
        "template-style",
        "a style in the markup; use a class of kith.css",
        re.compile(r"<[a-z][^>]*\sstyle\s*=", re.I),
        ("<b style='color: red'>",),
        ("<b class='style'>", "<link rel='stylesheet'>"),
    ),
    TemplateRule(
        "template-script",
        "a script in the page needs the nonce",
        re.compile(r"<(script|style)(?![^>]*\b(src|nonce)=)(?![^>]*type=.application/json)[^>]*>", re.I),
        ("<script>x()</script>", "<style>b {}</style>"),
        ("<script nonce='{{ csp_nonce }}'>", "<script type='module' src='/a.js'>", "<script type='application/json'>"),
    ),
    TemplateRule(
        "template-elsewhere",
        "something is loaded from another site",
        re.compile(r"<(script|link|img|iframe|source|video|audio|object|embed)\b[^>]*\b(src|href|data)=.(https?:)?//", re.I),
        ("<img src='https://example.org/a.png'>", '<link href="//example.org/a.css">'),
        ("<a href='https://example.org'>", "<img src='/a.png'>"),
    ),
    TemplateRule(
        "template-unquoted",
        "an attribute without quotes lets its value add others",
        re.compile(r"<[a-z][^>]*\s[a-z-]+=\{\{", re.I),
        ("<a href={{ x }}>",),
        ("<a href='{{ x }}'>", '<a href="{{ x }}">'),
    ),
)  # fmt: skip


def broken_templates(paths: Iterable[Path], root: Path) -> Iterator[Breach]:
    """All places of these templates that break a rule."""
    for path in paths:
        name, text = path.relative_to(root).as_posix(), re.sub(r"\{#.*?#\}", blank, path.read_text(), flags=re.S)
        for rule in TEMPLATE_RULES:
            for found in rule.pattern.finditer(text) if name not in rule.but else ():
                yield Breach(name, text.count("\n", 0, found.start()) + 1, rule.name, rule.says)


def blank(found: re.Match[str]) -> str:
    """A comment without its words; its lines stay."""
    return "\n" * found[0].count("\n")
