"""Addresses of reports."""

from django.urls import path

from kith.core.ui import report_views

urlpatterns = [
    path("<slug:slug>/report", report_views.show, name="report"),
    path("<slug:slug>/report/export", report_views.export, name="report-export"),
]
