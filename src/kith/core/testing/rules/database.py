"""Rules about SQL and the ORM: what people type is only ever a value."""

import ast

from .rule import CALLS, NAMES, Rule, Source, calls_method, first, is_built, is_ours, uses

STATEMENTS = frozenset({"execute", "executemany", "copy", "callproc"})
QUERIES = frozenset({"filter", "exclude", "get", "annotate", "aggregate", "alias"})
ROWS = frozenset({"objects", "rows", "query", "queryset", "found", "listed", "_base_manager", "order_by", "values", "all", "only"})  # fmt: skip
#: Modules that make SQL of names of the registry and of quoted names of tables.
ENGINE = "made of quoted names of our tables and columns; values are parameters"


def built_statement(source: Source, node: ast.AST) -> bool:
    """Whether a statement is put together in the call that runs it."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in STATEMENTS
        and is_built(first(node))
        and not is_ours(first(node))
    )


def unpacked(source: Source, node: ast.AST) -> bool:
    """Whether the names of fields come from a mapping: `filter(**found)`. A mapping written there is as good as names."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in QUERIES
        and any(given.arg is None and not literal_keys(given.value) for given in node.keywords)
        and looks_like_a_query(node.func.value)
    )


def literal_keys(node: ast.AST) -> bool:
    """Whether a mapping is written out with keys of our own."""
    return isinstance(node, ast.Dict) and all(is_known(key) for key in node.keys)


def is_known(key: ast.AST | None) -> bool:
    """Whether a key is a literal, or a literal with a name of the source inside."""
    return key is not None and isinstance(key, ast.Constant | ast.JoinedStr)


def looks_like_a_query(node: ast.AST) -> bool:
    """Whether this may be rows of the database: something called that, or a chain of calls that ends in them."""
    while isinstance(node, ast.Call | ast.Subscript):
        inner = node.func if isinstance(node, ast.Call) else node.value
        if isinstance(inner, ast.Attribute) and inner.attr in ROWS | QUERIES:
            return True
        node = inner
    return (
        isinstance(node, ast.Attribute | ast.Name)
        and (node.attr if isinstance(node, ast.Attribute) else node.id) in ROWS
    )


def ordered_by_variable(source: Source, node: ast.AST) -> bool:
    """Whether rows are ordered by a name that is not in the source."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "order_by"
        and any(not is_order(given) for given in node.args)
    )


def is_order(node: ast.AST) -> bool:
    """Whether an order is a literal, an expression that is built here, or a list whose name is in capitals."""
    if isinstance(node, ast.Starred):
        inner = node.value.elt if isinstance(node.value, ast.GeneratorExp | ast.ListComp) else node.value
        return is_ours(inner) or isinstance(inner, ast.Call)
    return is_ours(node) or isinstance(node, ast.Call)


RULES = (
    Rule(
        "sql-built",
        "a statement is put together where it is run; give values as parameters, names through sql.Identifier",
        ("execute", "copy", "callproc"),
        built_statement,
        ("cursor.execute(f'SELECT {x}')", "cursor.execute('SELECT ' + x)", "c.execute('SELECT %s' % x)", "c.execute('SELECT {}'.format(x))"),
        ("cursor.execute('SELECT %s', [x])", "cursor.execute(STATEMENT)", "server.execute(sql.SQL('DROP DATABASE {}').format(sql.Identifier(x)))", "c.execute(f'SELECT {NAMES}')"),
        but={
            "core/counting.py": "SQL that the ORM made, counted or explained",
            "core/reports/branches.py": ENGINE,
            "core/store.py": ENGINE,
            "core/trees.py": ENGINE,
            "core/bench/check.py": "names of tables and columns out of the catalogue",
            "core/backup/full.py": "two settings that stand above",
            "core/guards.py": ENGINE,
            "core/migrating.py": ENGINE,
            "core/chain/numbering.py": ENGINE,
            "core/exchange/later.py": ENGINE,
            "core/bench/imports.py": ENGINE,
        },
    ),
    Rule(
        "sql-raw",
        ".raw(), .extra() and RawSQL take SQL as text",
        ("raw", "extra", "RawSQL"),
        lambda source, node: calls_method("raw", "extra")(source, node)
        or uses("django.db.models.expressions.RawSQL", "RawSQL")(source, node),
        ("rows.extra(where=[x])", "Model.rows.raw('SELECT 1')", "from django.db.models.expressions import RawSQL\ny = RawSQL('1', [])"),
        ("rows.filter(a=1)", "env.raw"),
        but={
            "core/history.py": "age of a transaction, a parameter; the ORM has no words for it",
            "core/search.py": "operators of pg_trgm, a parameter; the ORM has no words for them",
        },
        kinds=(*CALLS, *NAMES),
    ),
    Rule(
        "query-unpacked",
        "names of fields come from a mapping; look them up in the registry and build the condition in core/filters.py",
        ("**",),
        unpacked,
        ("rows.filter(**given)", "Model.objects.annotate(**x)", "entity.rows(actor).exclude(**{**x})"),
        ("rows.filter(name=x)", "rows.filter(**{'a': 1})", "known.get(**x)"),
        but={
            "core/*.py": "the engine: names come from the registry and from its own expressions",
            "audit/stream.py": "names of columns of the log, of a closed list",
            "distribution/candidates.py": "a path of the registry",
            "distribution/handover.py": "a column of a closed list",
            "marketing/splitting.py": "a condition that stands above in the file",
            "processes/scope.py": "paths of the registry",
            "sales/absorbing.py": "columns and paths of the registry",
            "sales/nearby.py": "links that stand in the file",
            "sales/qualifying.py": "two columns that stand above",
            "sales/reactions.py": "a link of the registry",
            "sales/home/*.py": "sums that stand in the file",
            "sales/scoring.py": "names of the score's own parts",
            "sales/steering/*.py": "figures that stand in the file",
        },
    ),
    Rule(
        "order-by-variable",
        "rows are ordered by a name that is not in the source; orders come from core/ordering.py",
        ("order_by",),
        ordered_by_variable,
        ("rows.order_by(name)", "rows.order_by(*names)", "rows.order_by(request.GET['sort'])"),
        ("rows.order_by('name', '-pk')", "rows.order_by(F('x').desc())", "rows.order_by(*ORDER)"),
        but={
            "sales/home/attention.py": "orders that stand in the file",
        },
    ),
)  # fmt: skip
