"""Addresses of sales that no entity brings: steering, public forms, leads from other programs, the form for a new lead, lines."""

from django.urls import path

from . import api, form_page, lead_pages, line_rows
from .steering.urls import urlpatterns as steering

urlpatterns = [
    *steering,
    path("f/<str:key>", form_page.show, name="public_form"),
    path("f/<str:key>/confirm/<str:token>", form_page.confirm, name="public_form_confirmation"),
    path("api/v1/leads/intake", api.take),
    path("leads/new", lead_pages.new, {"slug": "leads"}),
    path("opportunity-lines/<uuid:key>/row", line_rows.save, {"slug": "opportunity-lines"}),
]
