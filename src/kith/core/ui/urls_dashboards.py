"""Addresses of dashboards: the one that opens first, the page, its tiles, its editor."""

from django.urls import path

from kith.core.ui import dashboard_editor, dashboard_page

ONE = "dashboards/<uuid:key>/"

urlpatterns = [
    path("dashboard", dashboard_page.home, name="dashboard"),
    path(ONE, dashboard_page.show, name="dashboard-page"),
    path(ONE + "tile/<slug:name>", dashboard_page.tile, name="dashboard-tile"),
    path(ONE + "pin", dashboard_page.pin, name="dashboard-pin"),
    path(ONE + "copy", dashboard_page.copy, name="dashboard-copy"),
    path(ONE + "arrange", dashboard_editor.arrange, name="dashboard-arrange"),
    path(ONE + "tile-form", dashboard_editor.tile_form, name="dashboard-tile-form"),
    path(ONE + "preview", dashboard_editor.preview, name="dashboard-preview"),
]
