"""Addresses of the API."""

from django.urls import path

from . import openapi, reports, views

urlpatterns = [
    path("api/v1/openapi.json", openapi.document),
    path("api/v1/changes", views.changes),
    path("api/v1/undo/<key>", views.undo_changeset),
    path("api/v1/<slug:slug>", views.collection),
    path("api/v1/<slug:slug>/bulk", views.bulk),
    path("api/v1/<slug:slug>/report", reports.report),
    path("api/v1/<slug:slug>/by-external-id/<str:external_id>", views.external),
    path("api/v1/<slug:slug>/<str:key>", views.single),
    path("api/v1/<slug:slug>/<str:key>/restore", views.restore),
    path("api/v1/<slug:slug>/<str:key>/history", views.history),
    path("api/v1/<slug:slug>/<str:key>/actions/<str:name>", views.act),
]
