"""The base of all errors, without Django: the process that reads a stranger's file starts in half the time."""


class KithError(Exception):
    """Base of every error that a surface may show to a person."""
