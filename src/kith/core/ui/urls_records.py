"""Addresses of records: page, forms, timeline, history, related lists, actions, sharing, tree."""

from django.urls import path

from . import (
    condition_editor,
    field_states,
    form_views,
    merge_views,
    record_actions,
    record_history,
    record_marks,
    record_origins,
    record_share,
    record_tree,
    record_views,
    timeline_views,
)

ONE = "<slug:slug>/<uuid:key>/"

urlpatterns = [
    path("<slug:slug>/new", form_views.new, name="new"),
    path("<slug:slug>/validate/<slug:name>", form_views.validate, name="validate"),
    path("<slug:slug>/field-states", field_states.states, name="field_states"),
    path("<slug:slug>/condition/<slug:name>", condition_editor.step, name="condition"),
    path("<slug:slug>/merge", merge_views.compare, name="merge"),
    path("<slug:slug>/tree", record_tree.show, name="tree"),
    path("<slug:slug>/tree/move", record_tree.move, name="tree_move"),
    path(ONE, record_views.show, name="record"),
    path(ONE + "head", record_views.top, name="record_head"),
    path(ONE + "around", record_views.around, name="around"),
    path(ONE + "edit", form_views.edit, name="edit"),
    path(ONE + "timeline", timeline_views.show, name="timeline"),
    path(ONE + "related/<slug:name>", record_views.related, name="related"),
    path(ONE + "history", record_views.history, name="history"),
    path(ONE + "history/<slug:name>", record_history.show_field, name="field_history"),
    path(ONE + "origins", record_origins.show, name="origins"),
    path(ONE + "confirm", record_origins.confirm, name="confirm"),
    path(ONE + "star", record_marks.star, name="star"),
    path(ONE + "follow", record_marks.follow, name="follow"),
    path(ONE + "followers", record_marks.followers, name="followers"),
    path(ONE + "action/<slug:name>", record_actions.act, name="action"),
    path(ONE + "delete", record_actions.delete, name="delete"),
    path(ONE + "restore", record_actions.restore, name="restore"),
    path(ONE + "share", record_share.share, name="share"),
    path(ONE + "share/<uuid:share>/end", record_share.unshare, name="unshare"),
    path(ONE + "why", record_share.why, name="why"),
]
