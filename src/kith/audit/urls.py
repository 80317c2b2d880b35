"""Routes of the log."""

from django.urls import path

from . import chain_views, views

urlpatterns = [
    path("audit/", views.index, name="audit"),
    path("audit/anomalies", views.conspicuous, name="audit-anomalies"),
    path("audit/chain", chain_views.show, name="audit-chain"),
    path("audit/chain/verify", chain_views.verify, name="audit-chain-verify"),
    path("audit/chain/<uuid:key>", chain_views.show, name="audit-chain-run"),
    path("audit/export", views.export, name="audit-export"),
    path("audit/<int:key>", views.show, name="audit-entry"),
]
