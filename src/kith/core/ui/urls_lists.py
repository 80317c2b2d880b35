"""Addresses of lists: the page, its parts, saved views, columns, filters, bulk acts, choosers."""

from django.urls import path

from kith.core.ui import board_views, calendar_views, filter_editor, list_bulk, list_columns, list_views, lists

urlpatterns = [
    path("<slug:slug>/", lists.show, name="list"),
    path("<slug:slug>/board", board_views.show, name="board"),
    path("<slug:slug>/board/more", board_views.more),
    path("<slug:slug>/board/totals", board_views.totals),
    path("<slug:slug>/board/<uuid:key>/move", board_views.move, name="board_move"),
    path("<slug:slug>/calendar", calendar_views.show, name="calendar"),
    path("<slug:slug>/calendar/<uuid:key>/move", calendar_views.move, name="calendar_move"),
    path("<slug:slug>/totals", lists.totals),
    path("<slug:slug>/counts", lists.counts),
    path("<slug:slug>/draft", lists.draft),
    path("<slug:slug>/columns", list_columns.choose),
    path("<slug:slug>/filter", filter_editor.edit_filter),
    path("<slug:slug>/filter/nested", filter_editor.edit_nested),
    path("<slug:slug>/lookup", lists.lookup, name="lookup"),
    path("pins", list_views.sort_pins),
    path("<slug:slug>/views/new", list_views.create),
    path("<slug:slug>/views/<uuid:key>/edit", list_views.edit),
    path("<slug:slug>/views/<uuid:key>/update", list_views.update),
    path("<slug:slug>/views/<uuid:key>/delete", list_views.delete),
    path("<slug:slug>/views/<uuid:key>/pin", list_views.pin),
    path("<slug:slug>/bulk/<slug:what>", list_bulk.act),
    path("<slug:slug>/<uuid:key>/peek", lists.peek),
]
