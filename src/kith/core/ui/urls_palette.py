"""Addresses of the palette, the search and the notifications."""

from django.urls import path

from . import notification_views, palette_views

urlpatterns = [
    path("palette", palette_views.palette, name="palette"),
    path("search", palette_views.results, name="search"),
    path("notifications", notification_views.show, name="notifications"),
    path("notifications/read", notification_views.read_all, name="notifications-read"),
    path("notifications/<uuid:key>", notification_views.follow_link, name="notification"),
    path("notifications/<uuid:key>/read", notification_views.read, name="notification-read"),
]
