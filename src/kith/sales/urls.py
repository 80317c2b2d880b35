"""Routes of sales."""

from .steering.urls import urlpatterns as steering

urlpatterns = [*steering]
