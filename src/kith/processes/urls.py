"""Addresses of processes."""

from django.urls import path

from . import api
from .ui import design_views, move_views, request_views, transfer_views

ONE = "<slug:slug>/<uuid:key>/"

urlpatterns = [
    path("api/v1/<slug:slug>/<uuid:key>/stages", api.stays),
    path(ONE + "stage-checks", move_views.tick, name="stage_checks"),
    path(ONE + "stage/<str:stage>", move_views.move, name="stage"),
    path(ONE + "stage/<str:stage>/ask", move_views.request_move, name="stage_ask"),
    path("processes/<uuid:key>/order", design_views.order, name="stage_order"),
    path("processes/<uuid:key>/revise", design_views.revise, name="process_revise"),
    path("processes/<uuid:key>/rule", design_views.rule, name="process_rule"),
    path("processes/<uuid:key>/transfer", transfer_views.transfer, name="process_transfer"),
    path("move-requests/waiting", request_views.home),
    path("move-requests/<uuid:key>/answer/<slug:verb>", request_views.answer, name="answer_move"),
]
