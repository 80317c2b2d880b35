"""Addresses of uploads and of the files that records hold."""

from django.urls import path

from . import file_views

urlpatterns = [
    path("files", file_views.upload, name="upload"),
    path("<slug:slug>/<uuid:key>/file/<slug:name>", file_views.download, name="file"),
]
