"""What fields are called on the pages of a reader: the label and help text of the layout that holds for them, else those declared.

The reader of a running request is known as its language is. Doors for programs (API, feeds, command line, jobs) have no
reader: there fields are called what the declaration says.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.functional import lazystr
from django.utils.translation import get_language

from .specs import FieldSpec, renamed

if TYPE_CHECKING:
    from .actors import Actor

LABELS, HELPS = "labels", "helps"

type Reader = Callable[[], "Actor | None"]

_reader: ContextVar[Reader | None] = ContextVar("kith_reader", default=None)


@contextmanager
def read_by(reader: Reader | None) -> Iterator[None]:
    """Run a block whose texts are for this reader; for None, as the declaration has them."""
    token = _reader.set(reader)
    try:
        yield
    finally:
        _reader.reset(token)


@dataclass(frozen=True, slots=True)
class Told:
    """A label or help text, in the words and the language of whoever reads it."""

    entity: str
    name: str
    part: str
    usual: Any

    def __str__(self) -> str:
        from .layouts import holding  # layouts need entities, and their fields are told so

        reader = _reader.get()
        actor = reader() if reader is not None else None
        if actor is None or actor.is_system:
            return str(self.usual)
        return given(holding(self.entity, actor.audiences).pieces, self.part, self.name) or str(self.usual)


def given(pieces: Any, part: str, name: str) -> str:
    """The text that a layout gives a field in the language of now; "" where it gives none."""
    texts: dict[str, str] = pieces.get("words", {}).get(part, {}).get(name, {})
    return texts.get(get_language() or "", "")


def told(entity: str, spec: FieldSpec) -> FieldSpec:
    """A field whose label and help text follow the reader."""
    return renamed(
        spec,
        label=lazystr(Told(entity, spec.name, LABELS, spec.label)),
        help=lazystr(Told(entity, spec.name, HELPS, spec.help)),
    )
