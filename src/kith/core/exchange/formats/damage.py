"""Decoding that survives broken bytes: each becomes a mark that no text can hold, so the row can be reported."""

import codecs

#: A lone surrogate: it cannot come from a correct file of any encoding.
MARK = "\udcff"
#: What people see in place of the broken bytes.
SHOWN = "\ufffd"
HANDLER = "kith-mark"


def mark(error: UnicodeError) -> tuple[str, int]:
    """Put the mark where bytes do not belong to the encoding and go on behind them."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return MARK, error.end


codecs.register_error(HANDLER, mark)
