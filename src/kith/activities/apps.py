"""What happened and what is planned: tasks, notes, attachments."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """What happened and what is planned: tasks, notes, attachments."""

    name = "kith.activities"
    label = "activities"

    def ready(self) -> None:
        """An open task on a record lets its assignee read the record (R136); notes, tasks and files stand in every timeline."""
        from kith.core import access
        from kith.core.api import openapi

        from . import api, home, timeline
        from .actions import way_in

        access.ways_in.append(way_in)
        timeline.register()
        home.register()
        openapi.further.append(api.described)
