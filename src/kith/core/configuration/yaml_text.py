"""YAML to plain values with the line of each, and back; numbers, true, false and null are no texts, everything else is.

Read from its nodes only: no tags, no anchors, no dates, no "no" for false, nothing that could become an object.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml
from django.utils.translation import gettext as _

#: Longer files are no configuration.
MOST = 20_000_000
DEEPEST = 50
PREFIX = "tag:yaml.org,2002:"
SCALARS: dict[str, Callable[[str], Any]] = {
    "null": lambda _text: None,
    "bool": lambda text: text == "true",
    "int": int,
    "float": float,
    "str": str,
}


class BadYaml(Exception):
    """A text is no YAML of ours."""

    def __init__(self, line: int, words: str) -> None:
        super().__init__(words)
        self.line, self.words = line, words


class Reader(yaml.SafeLoader):
    """Knows whole numbers, fractions, true, false and null."""

    yaml_implicit_resolvers: dict[str, Any] = {}


#: How such values are written, with the signs that they begin with; a tag (!!float nan) makes no others.
WRITTEN: dict[str, tuple[re.Pattern[str], list[str]]] = {
    "null": (re.compile(r"(null|~|)\Z"), [*"n~", ""]),
    "bool": (re.compile(r"(true|false)\Z"), list("tf")),
    "int": (re.compile(r"-?(0|[1-9][0-9]{0,30})\Z"), list("-0123456789")),
    "float": (re.compile(r"-?(0|[1-9][0-9]{0,30})[.][0-9]{1,30}\Z"), list("-0123456789")),
}
for name, (pattern, begins) in WRITTEN.items():
    Reader.add_implicit_resolver(f"{PREFIX}{name}", pattern, begins)


@dataclass(frozen=True, slots=True)
class Told:
    """A value and the lines (from 1) on which it and what is inside of it begins, by the way to it."""

    value: Any
    lines: dict[tuple[Any, ...], int]

    def line(self, *way: Any) -> int:
        """The line of a value inside, or of the nearest around it."""
        while way and way not in self.lines:
            way = way[:-1]
        return self.lines.get(way, 1)


def read(text: str) -> Told:
    """The value of a text; BadYaml names the line."""
    if len(text) > MOST:
        raise BadYaml(1, _("The file is too large."))
    try:
        depth = 0
        for event in yaml.parse(text, Loader=Reader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > DEEPEST:
                raise BadYaml(line_of(event.start_mark), _("Nested too deeply."))
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
                raise BadYaml(line_of(event.start_mark), _("Anchors (&, *) are not understood; write the value out."))
        node = yaml.compose(text, Loader=Reader)
        lines: dict[tuple[Any, ...], int] = {}
        return Told(None if node is None else plain(node, (), lines), lines)
    except yaml.MarkedYAMLError as error:
        raise BadYaml(
            line_of(error.problem_mark or error.context_mark),
            _("This is no YAML: %(reason)s") % {"reason": error.problem or error.context},
        ) from None
    except (
        yaml.YAMLError,
        ValueError,
        OverflowError,
    ) as error:  # signs that do not exist are no error of the library's own
        raise BadYaml(1, _("This is no YAML: %(reason)s") % {"reason": error}) from None


def line_of(mark: Any) -> int:
    """The line of a mark of the library, from 1."""
    return 1 if mark is None else mark.line + 1


def plain(node: yaml.Node, way: tuple[Any, ...], lines: dict[tuple[Any, ...], int]) -> Any:
    """The value of a node; notes the lines."""
    line = lines[way] = node.start_mark.line + 1
    if isinstance(node, yaml.CollectionNode) and node.tag not in (f"{PREFIX}seq", f"{PREFIX}map"):
        raise BadYaml(line, _("“%(tag)s” is not understood; leave it out.") % {"tag": node.tag})
    if isinstance(node, yaml.SequenceNode):
        return [plain(child, (*way, at), lines) for at, child in enumerate(node.value)]
    if isinstance(node, yaml.ScalarNode):
        kind = node.tag.removeprefix(PREFIX)
        is_known = kind in SCALARS and node.tag.startswith(PREFIX)
        if not is_known or (
            kind in WRITTEN and not WRITTEN[kind][0].match(node.value)
        ):  # a tag that says what the value is not
            raise BadYaml(line, _("“%(tag)s” is not understood; leave it out.") % {"tag": node.tag})
        return SCALARS[kind](node.value)
    if not isinstance(node, yaml.MappingNode):
        raise BadYaml(line, _("“%(tag)s” is not understood; leave it out.") % {"tag": node.tag})
    found: dict[str, Any] = {}
    for key, child in node.value:
        name = key.value if isinstance(key, yaml.ScalarNode) else None
        if name is None or name in found:
            words = (
                _("Names of values are plain words.")
                if name is None
                else _("“%(name)s” stands here twice.") % {"name": name}
            )
            raise BadYaml(key.start_mark.line + 1, words)
        found[name] = plain(child, (*way, name), lines)
        lines[(*way, name)] = key.start_mark.line + 1
    return found


class Writer(yaml.SafeDumper):
    """Indents lists, and writes texts of several lines as such."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        """Lists stand below what they belong to."""
        super().increase_indent(flow, False)

    def ignore_aliases(self, _data: Any) -> bool:
        """Equal values are written out each time."""
        return True


def text_of(writer: Writer, text: str) -> yaml.Node:
    """A text; several lines as a block."""
    return writer.represent_scalar(f"{PREFIX}str", text, style="|" if "\n" in text else None)


Writer.add_representer(str, text_of)


def write(value: Any) -> str:
    """The text of a value, the same for equal values; read() gives the value back."""
    return yaml.dump(value, Dumper=Writer, allow_unicode=True, sort_keys=False, default_flow_style=False, width=10_000)
