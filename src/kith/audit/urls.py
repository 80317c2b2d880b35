"""Routes of the log."""

from django.urls import path

from . import views

urlpatterns = [
    path("audit/", views.index, name="audit"),
    path("audit/anomalies", views.conspicuous, name="audit-anomalies"),
    path("audit/export", views.export, name="audit-export"),
    path("audit/<int:key>", views.show, name="audit-entry"),
]
