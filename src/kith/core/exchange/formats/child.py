"""The process that parses a file of a stranger: reads it from standard input, sends its rows to standard output."""

import os
import sys
from typing import IO, BinaryIO

import msgspec

from .errors import Unreadable
from .limits import confine
from .readers import open_here
from .wire import Done, Failed, Opened, Request, send, send_rows


def standard_input() -> BinaryIO:
    """The file that the parent handed over, from its beginning."""
    file = os.fdopen(os.dup(0), "rb")
    file.seek(0)
    return file


def serve(request: Request, answer: IO[bytes]) -> None:
    """Answer the request: the layout, the rows, and that they were all; or why not."""
    try:
        with open_here(standard_input, request.reading) as table:
            send(answer, Opened(table.layout))
            answer.flush()
            send_rows(answer, table)
        send(answer, Done())
    except Unreadable as error:
        send(answer, Failed(error.key, error.facts))
    except MemoryError:
        send(answer, Failed("too_large"))
    answer.flush()


def main() -> None:
    """Read the request, give up what is not needed, answer."""
    request = msgspec.json.decode(sys.argv[1], type=Request)
    confine(request.limits)
    try:
        serve(request, sys.stdout.buffer)
    except BrokenPipeError:
        os._exit(0)  # the parent has seen enough


if __name__ == "__main__":
    main()
