"""Routes of steering."""

from django.urls import path

from ..home import leads
from ..ui import funnel_page, steering, steering_files, steering_pipeline

urlpatterns = [
    path("leads/waiting", leads.card, name="sales-leads-waiting"),
    path("sales/forecast", steering.forecast_page, name="sales-forecast"),
    path("sales/forecast/submit", steering.submit, name="sales-forecast-submit"),
    path("sales/forecast/<uuid:key>/adjust", steering.adjust, name="sales-forecast-adjust"),
    path("sales/pipeline", steering_pipeline.pipeline_page, name="sales-pipeline"),
    path("sales/<slug:tab>/export", steering_files.export, name="sales-export"),
    path("sales/flow", steering.flow_page, name="sales-flow"),
    path("sales/flow/deals", steering.flow_deals, name="sales-flow-deals"),
    path("sales/funnel", funnel_page.funnel_page, name="sales-funnel"),
    path("sales/targets", steering.targets_page, name="sales-targets"),
    path("sales/closing", steering.closing_page, name="sales-closing"),
    path("sales/team", steering.team_page, name="sales-team"),
]
