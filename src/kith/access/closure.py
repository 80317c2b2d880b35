"""Nested groups: who is inside whom, on a day; a directed graph without circles."""

import datetime as dt
import uuid
from typing import Any

from django.db import connection

CHAIN = """
WITH RECURSIVE up(group_id, path) AS (
    SELECT m.group_id, ARRAY[m.group_id] FROM access_groupmember m JOIN access_group g ON g.id = m.group_id
    WHERE m.user_id = %(user)s AND m.deleted_at IS NULL AND g.deleted_at IS NULL
      AND coalesce(m.valid_from, %(day)s) <= %(day)s AND coalesce(m.valid_to, %(day)s) >= %(day)s
    UNION
    SELECT m.group_id, up.path || m.group_id FROM access_groupmember m JOIN up ON m.child_id = up.group_id JOIN access_group g ON g.id = m.group_id
    WHERE m.deleted_at IS NULL AND g.deleted_at IS NULL AND m.group_id <> ALL(up.path)
      AND coalesce(m.valid_from, %(day)s) <= %(day)s AND coalesce(m.valid_to, %(day)s) >= %(day)s
)
SELECT DISTINCT ON (up.group_id) up.group_id, g.is_team, (SELECT array_agg(n.name ORDER BY p.at) FROM unnest(up.path) WITH ORDINALITY p(id, at) JOIN access_group n ON n.id = p.id)
FROM up JOIN access_group g ON g.id = up.group_id ORDER BY up.group_id, cardinality(up.path)
"""
DOWN = """
WITH RECURSIVE down(id) AS (
    SELECT %(group)s::uuid
    UNION SELECT m.child_id FROM access_groupmember m JOIN down ON m.group_id = down.id WHERE m.child_id IS NOT NULL AND m.deleted_at IS NULL
) SELECT EXISTS (SELECT 1 FROM down WHERE id = %(wanted)s)
"""
BELOW = """
WITH RECURSIVE down(id) AS (
    SELECT %(group)s::uuid
    UNION SELECT m.child_id FROM access_groupmember m JOIN down ON m.group_id = down.id WHERE m.child_id IS NOT NULL AND m.deleted_at IS NULL
) SELECT id FROM down
"""
ABOVE = """
WITH RECURSIVE up(id) AS (
    SELECT %(group)s::uuid
    UNION SELECT m.group_id FROM access_groupmember m JOIN up ON m.child_id = up.id WHERE m.deleted_at IS NULL
) SELECT id FROM up
"""
MEMBERS = """
WITH RECURSIVE down(id) AS (
    SELECT id FROM access_group WHERE id = ANY(%(groups)s::uuid[]) AND deleted_at IS NULL
    UNION SELECT m.child_id FROM access_groupmember m JOIN down ON m.group_id = down.id JOIN access_group g ON g.id = m.child_id
    WHERE m.deleted_at IS NULL AND g.deleted_at IS NULL AND coalesce(m.valid_from, %(day)s) <= %(day)s AND coalesce(m.valid_to, %(day)s) >= %(day)s
) SELECT DISTINCT m.user_id FROM access_groupmember m JOIN down ON m.group_id = down.id
WHERE m.user_id IS NOT NULL AND m.deleted_at IS NULL AND coalesce(m.valid_from, %(day)s) <= %(day)s AND coalesce(m.valid_to, %(day)s) >= %(day)s
"""
UNITS = """
WITH RECURSIVE down(id) AS (
    SELECT id FROM people_orgunit WHERE id = %(unit)s AND deleted_at IS NULL
    UNION SELECT u.id FROM people_orgunit u JOIN down ON u.parent_id = down.id WHERE u.deleted_at IS NULL
) SELECT id FROM down
"""
UNITS_UP = """
WITH RECURSIVE up(id, parent_id) AS (
    SELECT id, parent_id FROM people_orgunit WHERE id = %(unit)s AND deleted_at IS NULL
    UNION SELECT u.id, u.parent_id FROM people_orgunit u JOIN up ON u.id = up.parent_id WHERE u.deleted_at IS NULL
) SELECT id FROM up
"""
REPORTS = """
WITH RECURSIVE down(id) AS (
    SELECT id FROM people_employee WHERE user_id = %(user)s AND deleted_at IS NULL
    UNION SELECT e.id FROM people_employee e JOIN down ON e.manager_id = down.id WHERE e.deleted_at IS NULL
) SELECT e.user_id FROM people_employee e JOIN down ON down.id = e.id WHERE e.user_id IS NOT NULL AND e.user_id <> %(user)s
"""


def rows(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    """The rows of one of the queries above."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
    return found


def groups_of(user: uuid.UUID, day: dt.date) -> list[tuple[uuid.UUID, bool, list[str]]]:
    """Every group that a user is in on a day: id, whether it is a team, and the shortest chain of names that leads to it."""
    return rows(CHAIN, user=user, day=day)


def reaches(start: uuid.UUID, wanted: uuid.UUID) -> bool:
    """Whether group `start` is or contains group `wanted`."""
    return bool(rows(DOWN, group=start, wanted=wanted)[0][0])


def groups_below(group: uuid.UUID) -> list[uuid.UUID]:
    """The group and all groups inside it, whatever the dates."""
    return [row[0] for row in rows(BELOW, group=group)]


def groups_above(group: uuid.UUID) -> list[uuid.UUID]:
    """The group and all groups it is in, whatever the dates."""
    return [row[0] for row in rows(ABOVE, group=group)]


def members(groups: list[uuid.UUID], day: dt.date) -> frozenset[uuid.UUID]:
    """Users in any of the groups or the groups inside them; nobody is in one that lies in the trash (see `groups_of`)."""
    return frozenset(row[0] for row in rows(MEMBERS, groups=groups, day=day)) if groups else frozenset()


def units_below(unit: uuid.UUID) -> frozenset[uuid.UUID]:
    """The department and all departments below it."""
    return frozenset(row[0] for row in rows(UNITS, unit=unit))


def units_above(unit: uuid.UUID) -> frozenset[uuid.UUID]:
    """The department and those it belongs to: a role given to a department reaches everybody below."""
    return frozenset(row[0] for row in rows(UNITS_UP, unit=unit))


def reports_of(user: uuid.UUID) -> frozenset[uuid.UUID]:
    """Users below this one in the reporting tree, at any depth."""
    return frozenset(row[0] for row in rows(REPORTS, user=user))
