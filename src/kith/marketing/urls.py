"""Addresses of marketing."""

from django.urls import path

from .ui import my_prospects, share_out

urlpatterns = [
    path("target-lists/<uuid:key>/share-out", share_out.page, name="share_out"),
    path("my-prospects", my_prospects.page, name="my_prospects"),
    path("my-prospects/next", my_prospects.take_next),
    path("my-prospects/<uuid:key>/take", my_prospects.take),
    path("my-prospects/<uuid:key>/called", my_prospects.called),
]
