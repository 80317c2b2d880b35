"""Addresses of the past: asking for a day, differences, why a figure changed."""

from django.urls import path

from kith.core.ui import past_record, past_report, past_views

urlpatterns = [
    path("<slug:slug>/as-of", past_views.ask, name="as_of"),
    path("<slug:slug>/differences", past_views.compare, name="differences"),
    path("<slug:slug>/why", past_views.why, name="why_figure"),
    path("<slug:slug>/report/why", past_report.show, name="why_report"),
    path("<slug:slug>/<uuid:key>/as-of", past_record.ask, name="record_as_of"),
    path("<slug:slug>/<uuid:key>/differences", past_record.compare, name="record_differences"),
]
