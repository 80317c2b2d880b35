"""What happened and what is planned: tasks, notes, attachments."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """What happened and what is planned: tasks, notes, attachments."""

    name = "kith.activities"
    label = "activities"
