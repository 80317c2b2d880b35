"""Addresses of the API."""

from django.urls import path

from . import calendar_feed, dashboards, merging, openapi, openapi_past, past, reports, views  # noqa: F401 - openapi_past registers itself

urlpatterns = [
    path("api/v1/openapi.json", openapi.document),
    path("api/v1/changes", views.changes),
    path("api/v1/undo", views.undo_together),
    path("api/v1/undo/<key>", views.undo_changeset),
    path("api/v1/redo/<key>", views.redo_changeset),
    path("api/v1/<slug:slug>", views.collection),
    path("api/v1/<slug:slug>/bulk", views.bulk),
    path("api/v1/<slug:slug>/report", reports.report),
    path("api/v1/<slug:slug>/report/why", past.why_report),
    path("api/v1/<slug:slug>/differences", past.compare),
    path("api/v1/<slug:slug>/why", past.why),
    path("api/v1/<slug:slug>/calendar.ics", calendar_feed.calendar),
    path("api/v1/<slug:slug>/merge", merging.together),
    path("api/v1/<slug:slug>/<uuid:key>/unmerge", merging.apart),
    path("api/v1/<slug:slug>/by-external-id/<str:external_id>", views.external),
    path("api/v1/<slug:slug>/<str:key>", views.single),
    path("api/v1/dashboards/<str:key>/data", dashboards.data),
    path("api/v1/<slug:slug>/<str:key>/restore", views.restore),
    path("api/v1/<slug:slug>/<str:key>/history", views.history),
    path("api/v1/<slug:slug>/<str:key>/differences", past.compare_record),
    path("api/v1/<slug:slug>/<str:key>/confirm", views.confirm),
    path("api/v1/<slug:slug>/<str:key>/actions/<str:name>", views.act),
]
