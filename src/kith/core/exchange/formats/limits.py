"""Confines the process that parses files of strangers: memory, processor time, no new files, no network."""

import codecs
import os
import resource
from contextlib import suppress

from .wire import Limits

#: Codecs are loaded from disk at their first use; this one must not fail half-way through a file.
CODECS = ("cp1251", "koi8-r", "mac-cyrillic", "cp866", "gb18030", "big5", "cp1252", "utf-16", "utf-32", "utf-8-sig")


def confine(limits: Limits) -> None:
    """Give up, for the rest of this process, what parsing does not need."""
    for name in CODECS:
        codecs.lookup(name)
    lower(resource.RLIMIT_CORE, 0)
    lower(resource.RLIMIT_FSIZE, 0)
    lower(resource.RLIMIT_NOFILE, 64)
    lower(resource.RLIMIT_CPU, limits.seconds, grace=5)
    lower(resource.RLIMIT_AS, limits.memory)
    with suppress(OSError, AttributeError):  # a namespace without network; not every kernel lets users have one
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)


def lower(kind: int, limit: int, *, grace: int = 0) -> None:
    """Lower one limit for good, never above what is allowed already; the `grace` lets the kernel's warning signal come first."""
    _soft, hard = resource.getrlimit(kind)
    ceiling = limit + grace if hard == resource.RLIM_INFINITY else min(limit + grace, hard)
    resource.setrlimit(kind, (min(limit, ceiling), ceiling))
