"""The core app, and two apps of Django that we only take tables and helpers from."""

from django.apps import AppConfig
from django.contrib.auth.apps import AuthConfig
from django.contrib.contenttypes.apps import ContentTypesConfig
from django.db.models.signals import post_migrate, pre_migrate

from kith.core import catalogues


class CoreConfig(AppConfig):
    """The framework; it knows no business noun."""

    name = "kith.core"
    label = "core"

    def ready(self) -> None:
        """Put the database guard on every entity table after each migration; check the registry; compile newer texts."""
        from . import (  # noqa: F401 - they register themselves
            address_fields,
            checks,
            cleaning,
            custom_fields,
            deciding,
            field_jobs,
            field_rules,
            file_keeping,
            housekeeping,
            jobs_bulk,
            jobs_export,
            jobs_import,
            kept_jobs,
            outbox,
            reactions,
            timeline_changes,
            uniqueness,
            worked_out,
            worked_rules,
        )
        from .api import merging, openapi
        from .chain.numbering import follow_on
        from .guards import install
        from .kept import building as figures
        from .pipeline import completing, gates, returning
        from .stored import building
        from .ui import menu, shell

        pre_migrate.connect(
            lambda plan=(), **_facts: figures.give_way() if plan else None,
            sender=self,
            dispatch_uid="kith.kept",
            weak=False,
        )
        post_migrate.connect(lambda **_facts: install(), dispatch_uid="kith.guards", weak=False)
        post_migrate.connect(lambda **_facts: building.rest(), dispatch_uid="kith.stored", weak=False)
        post_migrate.connect(lambda **_facts: follow_on(), dispatch_uid="kith.numbering", weak=False)
        shell.add_menu(menu.items)
        completing.append(custom_fields.complete)
        completing.append(address_fields.complete)
        gates += [uniqueness.gate, deciding.gate]
        returning += [uniqueness.restored, deciding.returned]
        cleaning.rules.append(field_rules.check)
        openapi.further.append(merging.described)
        reactions.listen()
        file_keeping.keep()
        catalogues.fresh()


class ContentTypes(ContentTypesConfig):
    """Needed by django.contrib.auth's tables; we keep no rows in it."""

    def ready(self) -> None:
        """Register none of Django's signal receivers: Kith refers to models by label."""


class Auth(AuthConfig):
    """Hashers, login and sessions of Django; rights are ours, so no Permission rows are made."""

    def ready(self) -> None:
        """Register none of Django's signal receivers: rights and last login go through core.writes."""
