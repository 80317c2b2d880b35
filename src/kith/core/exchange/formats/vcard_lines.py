"""Takes a vCard file apart: physical lines to logical ones (two ways of folding), each into name, parameters and value.

Works on bytes, since old cards fold inside a character and name an encoding per property.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .vcard_values import decoded, transfer_encoding

#: A longer line (a picture) is cut; a cut picture is no picture, everything else goes on.
MAX_LINE = 8 << 20
STARTS_PROPERTY = re.compile(rb"[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)?[ \t]*(?::|;[^:]*:)")
SPACE = b" \t"


@dataclass(slots=True)
class Property:
    """One property of a card as it stands in the file, its name in capitals."""

    name: str
    raw: bytes
    group: str = ""
    kinds: list[str] = field(default_factory=list)
    parameters: dict[str, str] = field(default_factory=dict)
    encoding: str = ""


def physical_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Lines without their ends, whichever of the three kinds these are."""
    rest = b""
    for chunk in chunks:
        lines = (rest + chunk).splitlines(keepends=True)
        rest = lines.pop()
        yield from (line.rstrip(b"\r\n") for line in lines)
        rest = rest[:MAX_LINE]
    yield from (line.rstrip(b"\r\n") for line in rest.splitlines(keepends=True))


def logical_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Unfolded lines.

    1. A quoted-printable line that ends in "=" goes on, whatever follows.
    2. A line that starts with a space continues the one before; vCard 2.1 keeps the space.
    3. So does a line that cannot be a property: programs forget to fold pictures and line breaks in notes.
    """
    parts: list[bytes] = []
    encoding, keeps_space = "", False
    for line in physical_lines(chunks):
        if encoding == "quoted-printable" and parts[-1].endswith(b"="):
            parts[-1] = parts[-1][:-1]
            parts.append(line)
        elif parts and line[:1] in SPACE and line:
            parts.append(line if keeps_space else line[1:])
        elif STARTS_PROPERTY.match(line):
            if parts:
                yield b"".join(parts)[:MAX_LINE]
            parts = [line]
            encoding = transfer_encoding(line)
            keeps_space = version_of(line, keeps_space)
        elif parts and line.strip():
            parts.append(line if encoding else b"\n" + line)
    if parts:
        yield b"".join(parts)[:MAX_LINE]


def version_of(line: bytes, is_old: bool) -> bool:
    """Whether lines fold as in vCard 2.1 from here on."""
    name, _colon, value = line.partition(b":")
    return value.strip() == b"2.1" if name.strip().upper() == b"VERSION" else is_old


def parsed(line: bytes) -> Property:
    """The property in a logical line."""
    head, raw = at_colon(line)
    first, *words = split_outside_quotes(head.decode("utf-8", "replace"), ";")
    group, _dot, name = first.strip().rpartition(".")
    found = Property(name.upper(), raw, group.lower())
    for word in words:
        take_parameter(found, word)
    return found


def at_colon(line: bytes) -> tuple[bytes, bytes]:
    """The line before and behind the first colon that is not inside quotes."""
    is_quoted = False
    for index, sign in enumerate(line):
        if sign == 0x22:
            is_quoted = not is_quoted
        elif sign == 0x3A and not is_quoted:
            return line[:index], line[index + 1 :]
    head, _colon, raw = line.partition(b":")
    return head, raw


def split_outside_quotes(text: str, separator: str) -> list[str]:
    """The parts between separators that are not inside quotes."""
    return re.findall(rf'(?:^|{separator})((?:"[^"]*"?|[^"{separator}])*)', text)


def take_parameter(found: Property, word: str) -> None:
    """Note one parameter: TYPE= lists and the bare words of vCard 2.1 become kinds."""
    name, equals, value = word.strip().partition("=")
    name = name.strip().upper()
    value = value.strip()
    if name == "ENCODING" or (not equals and transfer_encoding(b";" + name.encode("utf-8", "replace") + b":")):
        found.encoding = transfer_encoding(b";ENCODING=" + (value or name).encode("utf-8", "replace") + b":")
    elif name == "X-":  # Android's word for a label of the owner's own
        found.parameters["X-ABLABEL"] = decoded((equals + value).encode(), "quoted-printable", "", "utf-8")
    elif name == "TYPE":
        found.kinds += [each.strip().lower() for each in value.replace('"', "").split(",") if each.strip()]
    elif not equals:
        found.kinds += [] if name in {"", "7BIT", "8BIT"} else [name.lower()]
    else:
        found.parameters[name] = plain_parameter(value.strip('"'))


def plain_parameter(value: str) -> str:
    """A parameter value without the escapes of RFC 6868."""
    return re.sub(r"\^([n^'])", lambda match: {"n": "\n", "^": "^", "'": '"'}[match.group(1)], value)
