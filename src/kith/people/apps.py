"""The company's own people: org units and employees."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The company's own people: org units and employees."""

    name = "kith.people"
    label = "people"
