"""The tests of each place of the access code, which are asked what the matrix did not notice; none of them needs a browser."""

CORE, ACCESS, DISTRIBUTION = (
    "src/kith/core/tests/test_",
    "src/kith/access/tests/test_",
    "src/kith/distribution/tests/test_",
)
SALES, PARTIES, EXCHANGE = (
    "src/kith/sales/tests/test_",
    "src/kith/parties/tests/test_",
    "src/kith/core/exchange/tests/test_",
)
#: Beginnings of files, and their tests; the first fitting line holds.
TESTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "core/access.py",
        (f"{ACCESS}rules_apart.py", f"{ACCESS}field_rights.py", f"{ACCESS}memberships.py", f"{CORE}rights_at_doors.py",
            f"{ACCESS}levels.py",
            f"{ACCESS}rights_then.py",
            f"{ACCESS}whatif.py",
            f"{CORE}attacks.py",
            f"{CORE}foremost.py",
            f"{CORE}formulas.py",
            f"{CORE}layouts.py",
            f"{CORE}linked_columns.py",
            f"{CORE}predicates.py",
            f"{CORE}prepared.py",
            f"{CORE}rollups.py",
            f"{CORE}stored_rollups.py",
            f"{PARTIES}merge_doors.py",
            f"{DISTRIBUTION}pools.py",
            f"{DISTRIBUTION}hiding.py",
            "src/kith/activities/tests/test_access_by_task.py",
        ),
    ),
    ("core/wholes.py", (f"{CORE}wholes.py", f"{CORE}timeline.py", f"{CORE}record_parts.py")),
    ("core/actors.py", (f"{ACCESS}rules_apart.py", f"{ACCESS}memberships.py", f"{ACCESS}levels.py", f"{CORE}attacks.py")),
    ("core/predicates.py", (f"{ACCESS}rules_apart.py", f"{CORE}predicates.py", f"{CORE}foremost.py", f"{CORE}prepared.py", f"{ACCESS}levels.py", f"{ACCESS}rights_then.py", f"{CORE}list_page.py")),
    (
        "core/system_rights.py",
        (
            f"{CORE}jobs_page.py",
            f"{ACCESS}profile.py",
            "src/kith/audit/tests/test_log.py",
            "tests/matrix/test_system_rights.py",
        ),
    ),
    ("core/why.py", (f"{CORE}why.py", f"{ACCESS}levels.py", f"{CORE}record_parts.py", f"{CORE}attacks_pages.py", f"{ACCESS}rights_then.py")),
    ("access/effective.py", (f"{ACCESS}effective.py", f"{ACCESS}roles_pages.py", f"{ACCESS}whatif.py", f"{ACCESS}profile.py")),
    ("access/entities/share.py", (f"{ACCESS}sharing.py", f"{CORE}attacks.py", f"{ACCESS}levels.py", f"{CORE}record_parts.py", f"{ACCESS}doors.py")),
    ("access/entities/user.py", (f"{CORE}rights_at_doors.py", f"{CORE}attacks.py", f"{ACCESS}profile.py", f"{ACCESS}doors.py")),
    (
        "access/",
        (f"{ACCESS}memberships.py",
            f"{ACCESS}levels.py",
            f"{ACCESS}epoch.py",
            f"{ACCESS}rights_then.py",
            f"{ACCESS}whatif.py",
            f"{ACCESS}factors.py",
            f"{CORE}attacks.py",
            f"{CORE}layouts.py",
            "src/kith/people/tests/test_tree.py",
        ),
    ),
    ("core/entities/view.py", (f"{CORE}rights_of_lists.py", f"{CORE}rights_at_doors.py", f"{CORE}list_views.py", f"{CORE}attacks.py", "src/kith/core/dashboards/tests/test_dashboards.py")),
    ("activities/", ("src/kith/activities/tests/test_access_by_task.py", f"{ACCESS}rights_then.py")),
    ("marketing/", ("src/kith/marketing/tests/test_queue_rights.py", "src/kith/marketing/tests/test_calling.py", "src/kith/marketing/tests/test_share_out.py")),
    ("distribution/", (f"{DISTRIBUTION}hiding.py", f"{DISTRIBUTION}pools.py", f"{DISTRIBUTION}doors.py", f"{DISTRIBUTION}leases.py", f"{CORE}attacks.py", f"{SALES}my_day.py")),
    ("core/owning.py", (f"{DISTRIBUTION}owning.py", f"{DISTRIBUTION}handover.py", f"{DISTRIBUTION}doors.py", f"{SALES}form_owners.py", f"{CORE}list_bulk.py")),
    ("core/undo", (f"{CORE}attacks_undo.py", f"{CORE}list_undo.py", f"{CORE}undo_together.py", f"{CORE}redo.py")),
    ("core/unwinding.py", (f"{CORE}attacks_undo.py", f"{CORE}list_undo.py", f"{CORE}undo_together.py", f"{CORE}redo.py")),
    ("core/history.py", (f"{CORE}rights_at_doors.py", f"{CORE}feed.py", f"{CORE}attacks.py", f"{CORE}timeline.py", f"{CORE}api.py")),
    ("core/timeline_changes.py", (f"{CORE}rights_at_doors.py", f"{CORE}timeline.py", f"{CORE}record_parts.py", f"{CORE}attacks_pages.py", f"{CORE}provenance.py")),
    ("core/search.py", (f"{CORE}rights_of_lists.py", f"{CORE}search_ranking.py", f"{CORE}attacks.py", f"{CORE}palette.py")),
    ("core/views.py", (f"{CORE}rights_of_lists.py", f"{CORE}rights_at_doors.py", f"{CORE}list_views.py", f"{CORE}list_page.py", f"{CORE}attacks.py", f"{CORE}ordering.py", f"{CORE}linked_columns.py")),
    (
        "core/trash.py",
        (f"{CORE}rights_at_doors.py", f"{CORE}attacks.py", f"{CORE}attacks_writes.py", f"{CORE}list_undo.py", f"{CORE}writes.py", f"{CORE}redo.py", f"{CORE}files.py", f"{PARTIES}merge_doors.py"),
    ),
    ("core/cleaning.py", (f"{CORE}rights_of_fields.py", f"{CORE}rights_at_doors.py", f"{CORE}attacks.py", f"{CORE}attacks_input.py", f"{CORE}writes.py", f"{CORE}field_rules.py", f"{EXCHANGE}import_links.py")),
    ("core/titles.py", (f"{CORE}attacks_pages.py", f"{CORE}linked_columns.py", f"{CORE}prepared.py", f"{SALES}past_links.py")),
    ("core/past_", (f"{SALES}past_halves.py", f"{SALES}past.py", f"{SALES}past_pages.py", f"{ACCESS}rights_then.py")),
    ("core/listing.py", (f"{CORE}rights_of_lists.py", f"{SALES}past.py", f"{SALES}past_pages.py", f"{ACCESS}rights_then.py", f"{ACCESS}access_then_pages.py", f"{CORE}list_page.py", f"{EXCHANGE}export.py")),
    ("core/exchange/", (f"{CORE}rights_of_lists.py", f"{EXCHANGE}export.py", f"{ACCESS}access_then_pages.py")),
    ("core/ui/export_views.py", (f"{CORE}rights_of_lists.py", f"{EXCHANGE}export.py", f"{CORE}attacks_pages.py", f"{ACCESS}access_then_pages.py", f"{SALES}past_pages.py")),
    ("core/ui/file_views.py", (f"{CORE}rights_of_fields.py", f"{CORE}rights_at_doors.py", f"{CORE}files.py", f"{CORE}file_links.py", f"{CORE}attacks_pages.py")),
    ("core/ui/list_bulk.py", (f"{CORE}rights_at_doors.py", f"{CORE}list_bulk.py", f"{CORE}worked_surfaces.py", f"{PARTIES}merge_doors.py")),
    ("core/ui/trash_ui.py", (f"{CORE}rights_at_doors.py", f"{CORE}list_undo.py", f"{CORE}attacks.py", f"{CORE}attacks_pages.py", f"{PARTIES}merge_doors.py")),
    ("core/ui/record_history.py", (f"{CORE}rights_of_fields.py", f"{CORE}record_parts.py", f"{CORE}provenance.py", f"{CORE}worked_surfaces.py", f"{CORE}attacks_pages.py", f"{PARTIES}merge_doors.py")),
    ("core/ui/fields_ui.py", (f"{CORE}rights_of_fields.py", f"{CORE}list_edit.py", f"{CORE}record_parts.py", f"{CORE}field_rules.py", f"{CORE}attacks_pages.py")),
    ("core/ui/", (f"{CORE}rights_at_doors.py", f"{CORE}record_page.py", f"{CORE}record_parts.py", f"{CORE}list_edit.py", f"{CORE}attacks_pages.py", f"{CORE}prepared.py")),
    ("core/api/", (f"{CORE}rights_of_fields.py", f"{CORE}rights_at_doors.py", f"{CORE}api.py", f"{CORE}attacks.py", f"{ACCESS}profile.py", f"{ACCESS}access_then_pages.py", f"{PARTIES}matching.py", f"{SALES}closing.py", f"{CORE}app_passwords.py")),
    ("core/", (f"{CORE}rights_at_doors.py", f"{CORE}writes.py", f"{CORE}attacks.py", f"{CORE}attacks_writes.py", f"{CORE}list_bulk.py", f"{CORE}field_rules.py", f"{EXCHANGE}import_strategies.py")),
)  # fmt: skip


def near(file: str) -> tuple[str, ...]:
    """The tests of the place of a file."""
    return next(names for start, names in TESTS if file.startswith(start))
