"""Routes of steering."""

from django.urls import path

from ..home import leads
from ..ui import steering

urlpatterns = [
    path("leads/waiting", leads.card, name="sales-leads-waiting"),
    path("sales/forecast", steering.forecast_page, name="sales-forecast"),
    path("sales/forecast/submit", steering.submit, name="sales-forecast-submit"),
    path("sales/forecast/<uuid:key>/adjust", steering.adjust, name="sales-forecast-adjust"),
    path("sales/flow", steering.flow_page, name="sales-flow"),
    path("sales/flow/deals", steering.flow_deals, name="sales-flow-deals"),
    path("sales/funnel", steering.funnel_page, name="sales-funnel"),
    path("sales/targets", steering.targets_page, name="sales-targets"),
    path("sales/closing", steering.closing_page, name="sales-closing"),
    path("sales/team", steering.team_page, name="sales-team"),
]
