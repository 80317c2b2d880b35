"""Processes: the stages that records of any kind move through, and the rules of their moves."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ProcessesConfig(AppConfig):
    """Processes: the stages that records of any kind move through, and the rules of their moves."""

    name = "kith.processes"
    label = "processes"

    def ready(self) -> None:
        """Take part in every write of staged records; every installation begins with the processes that entities declare."""
        from kith.core import cleaning, field_usage, pipeline

        from . import approval, board, history, resolving, rules, shipped, since, surfaces, using

        cleaning.resolvers.append(resolving.RESOLVER)
        cleaning.rules.append(since.problems)
        pipeline.completing.append(rules.complete)
        pipeline.gates.append(rules.gate)
        pipeline.following += [history.follow, approval.settle]
        field_usage.sources.append(using.asking)
        surfaces.register()
        board.install()
        post_migrate.connect(lambda **_facts: shipped.install(), dispatch_uid="kith.processes", weak=False)
