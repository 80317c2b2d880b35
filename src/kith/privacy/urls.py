"""Addresses about personal data."""

from django.urls import path

from . import views

ONE = "personal-data/<slug:slug>/<uuid:key>"

urlpatterns = [
    path("personal-data/", views.show, name="personal-data"),
    path("personal-data/workbook", views.workbook, name="personal-data-workbook"),
    path(f"{ONE}/export", views.export, name="personal-data-export"),
    path(f"{ONE}/erase", views.erase, name="personal-data-erase"),
    path("api/v1/personal-data", views.register_data),
    path(f"api/v1/{ONE}/export", views.export_data),
    path(f"api/v1/{ONE}/erase", views.erase_data),
]
