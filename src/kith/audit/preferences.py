"""From what on something in the log is conspicuous; what the company decides about it."""

from django.utils.translation import gettext_lazy as _

from kith.core import settings_store

LOG = _("Log")
HOURS = tuple((str(hour), f"{hour:02}:00") for hour in range(24))

settings_store.declare(
    "anomaly.exports",
    _("Many records exported"),
    "number",
    default=1000,
    group=LOG,
    help=_("So many records that somebody exports within an hour are shown among the anomalies."),
    minimum=1,
    required=True,
)
settings_store.declare(
    "anomaly.views",
    _("Many records viewed"),
    "number",
    default=100,
    group=LOG,
    help=_("So many records that somebody opens within ten minutes are shown among the anomalies."),
    minimum=1,
    required=True,
)
settings_store.declare(
    "anomaly.night_reads",
    _("Reading at night"),
    "number",
    default=20,
    group=LOG,
    help=_("So many views, lists, searches and exports of somebody in one night are shown among the anomalies."),
    minimum=1,
    required=True,
)
settings_store.declare(
    "anomaly.night_begins",
    _("The night begins"),
    "choice",
    default="22",
    group=LOG,
    help=_("In the time zone of the person who reads."),
    choices=HOURS,
    required=True,
)
settings_store.declare(
    "anomaly.night_ends",
    _("The night ends"),
    "choice",
    default="6",
    group=LOG,
    choices=HOURS,
    required=True,
)
settings_store.declare(
    "anomaly.network_days",
    _("A network is new"),
    "number",
    default=90,
    group=LOG,
    help=_("A sign-in is shown when its person did not sign in from that network in so many days before."),
    minimum=1,
    maximum=730,
    required=True,
)
settings_store.declare(
    "anomaly.denied",
    _("Many refusals"),
    "number",
    default=10,
    group=LOG,
    help=_("So many refusals, or failed sign-ins to one account, within a quarter of an hour are shown among the anomalies."),
    minimum=1,
    required=True,
)  # fmt: skip
settings_store.declare(
    "anomaly.deletions",
    _("Many records deleted"),
    "number",
    default=100,
    group=LOG,
    help=_("So many records that somebody deletes or erases within an hour are shown among the anomalies."),
    minimum=1,
    required=True,
)
