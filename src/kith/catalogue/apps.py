"""What is sold: products and services in categories."""

from django.apps import AppConfig


class CatalogueConfig(AppConfig):
    """What is sold: products and services in categories."""

    name = "kith.catalogue"
    label = "catalogue"
