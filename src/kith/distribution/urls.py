"""Addresses of distribution: rehearsal, pools, work, hand-over; and of its API."""

from django.urls import path

from . import api
from .ui import handover, pools, rehearsal, work

API = "api/v1/"

urlpatterns = [
    path("assignment-rules/<uuid:key>/rehearsal", rehearsal.rehearse, name="rehearsal"),
    path("pools/<uuid:key>/queue", pools.queue, name="pool_queue"),
    path("pools/<uuid:key>/take", pools.take, name="pool_take"),
    path("pools/<uuid:key>/next", pools.take_next, name="pool_next"),
    path("pools/<uuid:key>/give", pools.give, name="pool_give"),
    path("handover", handover.page, name="handover"),
    path("<slug:slug>/<uuid:key>/work", work.state, name="work"),
    path(API + "pools/<uuid:key>/queue", api.queue),
    path(API + "pools/<uuid:key>/claim", api.claim),
    path(API + "pools/<uuid:key>/assign", api.assign),
    path(API + "assignment-rules/<uuid:key>/rehearsal", api.rehearsal),
    path(API + "handover", api.handover),
    path(API + "<slug:slug>/<uuid:key>/ownership", api.ownership),
    path(API + "<slug:slug>/<uuid:key>/route", api.route_of),
    path(API + "<slug:slug>/<uuid:key>/lease", api.lease),
]
