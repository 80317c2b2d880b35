"""How the reading child talks to its parent: length-prefixed msgpack frames that keep the types of cells."""

import struct
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any

import msgspec

from .errors import Fact
from .table import Layout, Reading, Row

LENGTH = struct.Struct(">I")
#: A frame is sent when it holds so many rows or (roughly) characters, a cell counting as one more.
FRAME_ROWS = 500
FRAME_CHARACTERS = 1 << 18
#: No honest frame is larger: one row of text may be as long as a line.
MAX_FRAME = 256 << 20
DATE, MOMENT, NUMBER = 1, 2, 3
UNPACK: dict[int, Callable[[str], Any]] = {DATE: date.fromisoformat, MOMENT: datetime.fromisoformat, NUMBER: Decimal}


class Limits(msgspec.Struct, frozen=True):
    """What the child may use: bytes of address space and seconds of processor time."""

    memory: int = 512 << 20
    seconds: int = 120


class Request(msgspec.Struct, frozen=True):
    """What the parent wants read, and within which limits."""

    reading: Reading = Reading()
    limits: Limits = Limits()


class Opened(msgspec.Struct, frozen=True, tag=True):
    """The file is a table of this layout."""

    layout: Layout


class Rows(msgspec.Struct, frozen=True, tag=True):
    """The next rows."""

    rows: list[tuple[int, list[Any], tuple[tuple[str, int | None, str], ...]]]


class Failed(msgspec.Struct, frozen=True, tag=True):
    """The file cannot be read, for this reason."""

    key: str
    facts: dict[str, Fact] = {}


class Done(msgspec.Struct, frozen=True, tag=True):
    """All rows were sent."""


type Frame = Opened | Rows | Failed | Done


def pack(cell: Any) -> Any:
    """A cell as msgpack carries it."""
    if isinstance(cell, datetime):
        return msgspec.msgpack.Ext(MOMENT, cell.isoformat().encode())
    if isinstance(cell, date):
        return msgspec.msgpack.Ext(DATE, cell.isoformat().encode())
    if isinstance(cell, Decimal):
        return msgspec.msgpack.Ext(NUMBER, str(cell).encode())
    return cell


def unpack(code: int, data: memoryview) -> Any:
    """The inverse of `pack`."""
    text = bytes(data).decode()
    return UNPACK[code](text)


encoder = msgspec.msgpack.Encoder()
decoder: "msgspec.msgpack.Decoder[Frame]" = msgspec.msgpack.Decoder(Opened | Rows | Failed | Done, ext_hook=unpack)


def send(stream: IO[bytes], frame: Frame) -> None:
    """Write one frame."""
    body = encoder.encode(frame)
    stream.write(LENGTH.pack(len(body)) + body)


def send_rows(stream: IO[bytes], rows: Iterable[Row]) -> None:
    """Write all rows, in frames of bounded size."""
    batch: list[Any] = []
    size = 0
    for number, cells, problems in rows:
        size += len(cells)
        for index, cell in enumerate(cells):
            if isinstance(cell, str):
                size += len(cell)
            elif cell is not None:
                cells[index] = pack(cell)
        batch.append((number, cells, problems))
        if len(batch) >= FRAME_ROWS or size >= FRAME_CHARACTERS:
            send(stream, Rows(batch))
            batch, size = [], 0
    send(stream, Rows(batch))


def receive(stream: IO[bytes]) -> Frame | None:
    """Read one frame; None when the other side is gone or talks nonsense."""
    prefix = stream.read(LENGTH.size)
    if len(prefix) < LENGTH.size or (length := LENGTH.unpack(prefix)[0]) > MAX_FRAME:
        return None
    body = stream.read(length)
    try:
        return decoder.decode(body) if len(body) == length else None
    except (msgspec.DecodeError, ValueError, KeyError, ArithmeticError):
        return None


def frames(stream: IO[bytes]) -> Iterator[Frame]:
    """All frames up to the end."""
    while (frame := receive(stream)) is not None:
        yield frame
