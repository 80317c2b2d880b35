"""Broken rules that change nothing that anybody could meet, each with its reason; they are left out of the score.

The key is file, function, source of what is broken, and how. `test_mutants.py` refuses one that no longer exists.
"""

EQUIVALENT: dict[tuple[str, str, str, str], str] = {
    ('core/access.py', 'scoped', 'rows.filter(predicates.of(entity, actor, operation, condition, is_walked=walked, about=kinds)) if condition else rows', 'always the first'): 'Filtering by an empty condition gives all rows as well; without it queries are shorter.',
    ('core/access.py', 'ways', '[rows.filter(way) for way in predicates.ways(entity, actor, operation, condition, apart=apart)] if condition else [rows.all()]', 'always the first'): 'The ways of an empty condition are one that filters nothing; without asking for them it is quicker.',
    ('core/access.py', 'branches', 'predicates.branches(entity, actor, "view", condition) if condition else None', 'always the first'): 'An empty condition names no owner, so that its branches are None as well.',
    ('core/access.py', 'fetch', 'trashed and not merged and is_merged(entity, ident)', 'part 1 of “and” dropped'): 'What was merged is in the trash, so that it is missing among the rows that are there in any case; the question is spared.',
    ('core/access.py', 'fetch', 'columns and not told', 'part 1 of “and” dropped'): 'Whether the text of a statement is kept for the next time; its rows are the same.',
    ('core/access.py', 'fetch', 'columns and not told', 'part 2 of “and” dropped'): 'Whether the text of a statement is kept for the next time; its rows are the same.',
    ('core/access.py', 'fetch', 'operation != "view" and seen.exclude(pk__in=allowed).exists()', 'part 1 of “and” dropped'): 'What may be viewed is never outside of what may be viewed, so that nothing is found; the statement is spared.',
    ('core/access.py', 'fetch', 'scoped(entity, actor, operation, trashed=trashed).filter(pk=ident)', 'filter left out'): 'The ids are only compared with the one id of the other query; the set is smaller with it.',
    ('core/access.py', 'is_merged', 'entity.duplicates and bool(hidden([key]))', 'part 1 of “and” dropped'): 'Only kinds with duplicates can be merged, so that nothing is found for others; the statement is spared.',
    ('core/access.py', 'field_level', 'if not mine: return default', 'branch never taken'): 'Without rules on the field every role gives the default, and so does none; most fields are answered here quickly.',
    ('core/access.py', 'by_rules', 'for rule in rules_for(actor, entity, operation) if not rule.deny', 'condition 1 of a comprehension dropped'): 'The rows of a denial are taken away again in the same function, whether or not they were added.',
    ('core/access.py', 'by_parent', 'if condition and past.played(): # asked about one record: the whole of then is not gathered return looked_up(parents.rows(actor, wanted), f"{entity.access.parent}_id")', 'branch never taken'): 'Two forms of one condition (EXISTS and IN); which is quicker depends on whether the rows are those of then.',
    ('core/access.py', 'by_parent', 'condition and past.played()', 'part 2 of “and” dropped'): 'Two forms of one condition (EXISTS and IN); which is quicker depends on whether the rows are those of then.',
    ('core/access.py', 'by_parent', '(not about or other.label in about) and (condition := predicate(other, actor, wanted)) != NOTHING', 'part 1 of “and” dropped'): 'The rows are filtered by these kinds in `scoped`, the only one to name any; the condition is shorter with it.',
    ('core/access.py', 'level_condition', 'level == "unit" and actor.unit_ids', 'part 2 of “and” dropped'): 'Without departments the further way is “in one of none”, which no row fits.',
    ('core/predicates.py', 'store', 'if actor.kept is not None and actor.kept.fits(actor): return actor.kept.found', 'branch never taken'): 'Where compiled conditions are kept: for the running request instead of until rights change. They are the same.',
    ('core/predicates.py', 'of', '"walked" if is_walked else "compiled"', 'always the second'): 'Two forms of one condition, with and without a hash beside a set of ids; only the speed differs.',
    ('core/predicates.py', 'compiled', 'for uses in query.alias_refcount.values() if uses', 'condition 1 of a comprehension dropped'): 'The condition as such instead of its text: the same rows, built anew for every query.',
    ('access/principals.py', 'load', 'if len(_cache) >= MAX_CACHED: _cache.clear()', 'branch never taken'): 'Bounds the memory of the process; what is dropped is built again.',
    ('access/principals.py', 'build', 'once(("below", user.org_unit_id), lambda: closure.units_below(user.org_unit_id)) if user.org_unit_id else frozenset()', 'always the first'): 'There is no department without an id, so that the statement that is spared finds none.',
    ('access/principals.py', 'granted', 'once(("above", unit), lambda: closure.units_above(unit)) if unit else frozenset()', 'always the first'): 'There is no department without an id, so that the statement that is spared finds none.',
    ('core/undo_plan.py', 'permitted', 'entity.rows(actor, operation, trashed=trashed) .filter(pk__in=[entry.record_id for entry in entries])', 'filter left out'): 'The ids are only asked whether those of the entries are among them; the set is smaller with it.',
    ('core/cleaning.py', 'visible', 'entity is None or not keys or actor.kind == "anonymous"', 'part 2 of “or” dropped'): 'Of no ids none is found; the statement is spared.',
    ('core/titles.py', 'load', 'together(actor, parts) if len(parts) > 1 else [pair for part in parts for pair in alone(actor, part)]', 'always the second'): 'One statement for all kinds of records instead of one for each; the titles are the same.',
    ('core/owning.py', 'may_be_given', 'set(entity.rows(actor, "assign").filter(pk__in=wanted).values_list("pk", flat=True)) if wanted else set()', 'always the first'): 'Of no ids none is found; the statement is spared.',
    ('core/search.py', 'everywhere', 'entity.in_search and predicate(entity, actor, "view") != NOTHING', 'part 2 of “and” dropped'): 'The rows of each kind are found within the same rights: of a kind that is closed none is, but it is looked for.',
    ('access/principals.py', 'load', 'current_epoch() if epoch is None else epoch', 'always the first'): 'The epoch that is given was read for the same request; it is read once more.',
    ('core/access.py', 'is_for', 'bool(spec.columns) and (spec.editable or (use == "give" and spec.imported))', 'part 1 of “and” dropped'): 'Whatever has no column says itself that it is not edited and not imported (`test_what_has_no_column_says_that_it_is_not_written`); this line is for who forgets it.',
    ('core/access.py', 'has_rule_for_all', 'for rule in rules if not rule.deny', 'condition 1 of a comprehension dropped'): 'Where any rule denies the answer is no in any case, by the other half of the condition.',
    ('access/effective.py', 'level', 'rule.deny or rule.condition', 'part 1 of “or” dropped'): 'A denial without a condition has been answered by “none” before; one with a condition is found by the condition.',
    ('access/principals.py', 'load', 'len(_cache) >= MAX_CACHED', 'GtE turned'): 'Bounds the memory of the process; what is dropped is built again.',
}  # fmt: skip
