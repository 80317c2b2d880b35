"""Formatted text of people, made harmless where it is shown: a short list of what may stay; everything else goes.

Sanitised on the way out, not in: what is stored is what was written, and a better list helps old texts too. Pictures do not
stay: one on another server would tell its owner who reads, and when.
"""

import re

import nh3

TAGS = frozenset(
    ["a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "div", "dl", "dt", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "ins", "kbd", "li",
     "ol", "p", "pre", "q", "s", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "u", "ul"]
)  # fmt: skip
#: Those that hold code or another language: they go with all that is in them.
WITH_CONTENT = frozenset(["script", "style", "template", "noscript", "noembed", "noframes", "iframe", "object", "svg", "math", "title", "textarea", "xmp", "select", "option"])  # fmt: skip
ATTRIBUTES = {
    "*": {"lang", "dir", "title"},
    "a": {"href"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
SCHEMES = frozenset(["http", "https", "mailto", "tel"])
#: What every link gets, so that the page behind it learns nothing and reaches nothing.
REL = "noopener noreferrer nofollow"
ADDRESS = re.compile(r"(https?://|mailto:|tel:)[^\s\x00-\x1f\x7f]+", re.I)
NUMBER = re.compile(r"[0-9]{1,3}")
NUMBERS = frozenset(["start", "colspan", "rowspan"])


def _kept(_tag: str, name: str, value: str) -> str | None:
    """The value of an attribute, or None when it goes."""
    if name == "href":
        return value if ADDRESS.fullmatch(value) else None
    if name in NUMBERS:
        return value if NUMBER.fullmatch(value) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(WITH_CONTENT),
    attributes={name: set(allowed) for name, allowed in ATTRIBUTES.items()},
    attribute_filter=_kept,
    link_rel=REL,
    set_tag_attribute_values={"a": {"target": "_blank"}},
    url_schemes=set(SCHEMES),
)


def clean(html: str) -> str:
    """HTML that does nothing but look like text."""
    return str(_CLEANER.clean(html))
