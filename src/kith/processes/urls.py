"""Addresses of processes."""

from django.urls import path

from . import api
from .ui import move_views, request_views

ONE = "<slug:slug>/<uuid:key>/"

urlpatterns = [
    path("api/v1/<slug:slug>/<uuid:key>/stages", api.stays),
    path(ONE + "stage-checks", move_views.tick, name="stage_checks"),
    path(ONE + "stage/<str:stage>", move_views.move, name="stage"),
    path(ONE + "stage/<str:stage>/ask", move_views.request_move, name="stage_ask"),
    path("move-requests/waiting", request_views.home),
    path("move-requests/<uuid:key>/answer/<slug:verb>", request_views.answer, name="answer_move"),
]
