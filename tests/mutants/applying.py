"""Puts a broken rule into the running program and takes it out again: the code of functions is exchanged, whoever holds them."""

import ast
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from types import CodeType, FunctionType
from typing import Any

from .breaking import PLACES, Mutant, path_of


class Unusable(Exception):
    """A mutant that cannot be put in: it changes what a function takes from around it, or nothing at all."""


def codes(code: CodeType) -> Iterator[CodeType]:
    """A code object and all inside it."""
    yield code
    for const in code.co_consts:
        if isinstance(const, CodeType):
            yield from codes(const)


def key(code: CodeType) -> tuple[str, int, int]:
    """What a function is known by: lines do not move, since only the tree was changed."""
    return code.co_qualname, code.co_firstlineno, code.co_argcount


@contextmanager
def applied(mutant: Mutant) -> Iterator[None]:
    """The program with the mutant in it."""
    path, tree = str(path_of(mutant.file)), mutant.tree()
    fresh = {key(code): code for code in codes(compile(tree, path, "exec"))}
    plain = {key(code): code for code in codes(compile(ast.parse(path_of(mutant.file).read_text()), path, "exec"))}
    changed = {name for name, code in fresh.items() if name in plain and code != plain[name]}
    mine = [
        (found, found.__code__, fresh[key(found.__code__)])
        for found in holders()[path]
        if key(found.__code__) in changed
    ]
    constants = constants_of(mutant.file, tree)
    if not constants and (not mine or any(old.co_freevars != new.co_freevars for _found, old, new in mine)):
        raise Unusable(mutant.name)
    module = sys.modules["kith." + mutant.file.removesuffix(".py").replace("/", ".")]
    before = {name: getattr(module, name) for name in constants}
    try:
        for found, _old, new in mine:
            found.__code__ = new
        for name, value in constants.items():
            setattr(module, name, value)
        forget()
        yield
    finally:
        for found, old, _new in mine:
            found.__code__ = old
        for name, value in before.items():
            setattr(module, name, value)
        forget()


@cache
def holders() -> dict[str, list[FunctionType]]:
    """All functions of the access code that there are, by path: looked for once, since it takes long."""
    found: dict[str, list[FunctionType]] = {str(path_of(file)): [] for file in PLACES}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename in found:
            found[one.__code__.co_filename].append(one)
    return found


def constants_of(file: str, tree: ast.Module) -> dict[str, Any]:
    """Texts of the module that the mutant changed."""
    plain = {ast.unparse(node) for node in ast.parse(path_of(file).read_text()).body}
    changed = [node for node in tree.body if isinstance(node, ast.Assign) and ast.unparse(node) not in plain]
    return {
        node.targets[0].id: node.value.value
        for node in changed
        if isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
    }


def forget() -> None:
    """Whatever was computed by the other code."""
    from kith.access import principals
    from kith.core import custom_fields, predicates

    principals._cache.clear()
    predicates.of_now.cache_clear()
    custom_fields.forget()
