"""Records of an object are written as it is now: by who knows its latest version, and while nobody changes it.

A writer holds the row of the object until it commits; whoever changes or deletes the object waits for that, and sees what was
written. So no record slips in without the stage that its object has begun to ask for, or into an object that is deleted.
"""

from django.db import connection
from django.utils.translation import gettext_lazy as _

from kith.core.errors import Refused

from .plans import Plan

HOLD = "SELECT version FROM objects_objectkind WHERE key = %s AND deleted_at IS NULL FOR SHARE"


def hold(plan: Plan) -> None:
    """Keep the object as it is until the transaction ends; raises Refused where this thread knows an older version of it."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [plan.key])
        row = cursor.fetchone()
    if row is None or row[0] != plan.version:
        raise Refused(_("Somebody has just changed what “%(object)s” is; try again.") % {"object": plan.plural})
