"""The list of proofs: one line each, in the order of docs/proof.md. A test keeps the two together."""

from dataclasses import dataclass

#: What pytest says at its end.
PASSED = r"(\d+ passed(?:, \d+ \w+)*)"
#: The same after the slice that was taken: KITH_SLICE=3/24 before the command runs one of 24, which together are complete.
SLICED = rf"(?:matrix: (slice \d+/\d+)(?:.|\n)*?)?{PASSED}"


@dataclass(frozen=True, slots=True)
class Limit:
    """What a command may measure: a pattern whose group is a number, and its bounds. A number that is not there is beyond them."""

    pattern: str
    least: float = 0
    most: float = float("inf")


@dataclass(frozen=True, slots=True)
class Proof:
    """What it is called, what it proves, the command, and the seconds that it may take on two quiet processors.

    It holds if the command ends with 0 and what it measured is within `limits`. `figure` is a pattern; what its groups find last in the output
    is the result that is shown. Long ones run only when they are named, or with --long.
    """

    name: str
    proves: str
    command: str
    budget: int
    figure: str = PASSED
    long: bool = False
    limits: tuple[Limit, ...] = ()


PROOFS = (
    # --- who may what -----------------------------------------------------------------------------------------------
    Proof("matrix", "every entity, surface, operation, principal and relation is as an oracle without ORM says; every address is in the matrix or reviewed", "./kith test tests/matrix", 150),
    Proof("matrix-more", "the same for twenty times as many combinations", "KITH_MORE=20 ./kith test tests/matrix", 1200, long=True),
    Proof("matrix-all", "the same for every combination instead of a sample", "KITH_LONG=1 ./kith test tests/matrix", 7200, SLICED, long=True),
    Proof("mutants", "95 % or more of all rules of rights, each broken in turn, are noticed by the tests", "python -m tests.mutants.run", 5400, r'("noticed": \d+)[^}]*?("score": [\d.]+)', long=True),
    Proof("hidden-time", "hidden takes as long as missing: medians of 200 tries of each of 13 addresses within 2 ms", "python -m tests.matrix.timing", 120, r'"apart_at_most_ms": ([\d.]+)', long=True),
    # --- looks --------------------------------------------------------------------------------------------------------
    Proof("looks", "the record page of every kind, lists and forms with every type of field, in one size, theme and language each, have no finding of axe and fit; which looks the suite takes is fixed and holds all of them", "./kith test src/kith/core/tests/test_universal_axe.py src/kith/core/tests/test_looks.py", 240),
    Proof("looks-all", "every test in the browser in every size, theme and language it is written for, every page of every kind of record in all twelve, the whole bicycle maker through the wizard", "KITH_LONG=1 ./kith test src/kith tests -m browser -n 2 --dist loadfile", 7200, long=True),
    Proof("universal-all", "every kind of record with every bad value in every field, every editor of a field, every page in every language, each field changed by itself and looked at as it was", "KITH_LONG=1 ./kith test src/kith/core/tests/test_universal_ui.py src/kith/core/tests/test_universal_api.py src/kith/core/tests/test_universal_past.py", 1200, long=True),
    # --- signing in, secrets ------------------------------------------------------------------------------------------
    Proof("secrets", "secrets at rest: a dump of the table holds no secret, swapped values open nothing, keys are rotated", "./kith test src/kith/core/tests/test_sealing.py", 30),
    Proof("factors", "second factors: codes once, recovery, demanded, reset, asked anew", "./kith test src/kith/access/tests/test_factors.py src/kith/access/tests/test_factors_at_once.py", 60),
    Proof("passkeys", "passkeys in Chromium with a virtual authenticator; pages in three languages, two sizes, two themes, axe without findings", "./kith test src/kith/access/tests/test_passkeys_browser.py", 120),
    Proof("doors", "every door is throttled in the database, nothing tells whether an account exists, what ends an account's sessions (roles too) ends them on every door, long answers break off; app passwords open the API and nothing else does", "./kith test src/kith/access/tests/test_doors.py src/kith/core/tests/test_app_passwords.py", 60),
    # --- the web ------------------------------------------------------------------------------------------------------
    Proof("way-out", "the way out: 37 closed addresses, 28 disguised spellings, a name that changes between check and connection, redirects, size and time, mail only where the operator opened it; controls: the usual client is led to the listener, `is_global` lets three pass", "./kith test src/kith/core/tests/test_egress.py", 30),
    Proof("rules", "41 rules for the source and 7 for templates hold; each sees what breaks it and lets pass what does not; every exception is needed and has a reason", "./kith test src/kith/core/tests/test_rules.py", 30),
    Proof("sanitising", "274 payloads (mXSS too) come out harmless for a parser and in Chromium without any policy; controls: raw ones are seen and run", "./kith test src/kith/core/tests/test_sanitising.py", 30),
    Proof("files", "pictures lose notes, cut off or damaged anywhere they are refused; links of the second host are for one file, a minute and this purpose", "./kith test src/kith/core/tests/test_pictures.py src/kith/core/tests/test_file_links.py src/kith/core/tests/test_files.py", 60),
    Proof("headers", "headers on every address (visitor, administrator, GET, POST), errors, static files; `__Host-` cookies and Django's deploy checks silent with https; control: without https they speak", "./kith test tests/websec/test_headers.py tests/websec/test_production.py", 90),
    Proof("crawl", "one page of each kind of template in Chromium: no breach of the policy, no error in the console; controls: five wrong pages are seen", "./kith test tests/websec/test_crawl.py", 60),
    Proof("crawl-all", "the same for every page of every kind of record, as administrator and as a user with own rights", "python -m tests.websec.crawl", 1800, long=True),
    # --- the ledger ---------------------------------------------------------------------------------------------------
    Proof("ledger", "every kind of tampering with ledger and log is found, an untouched chain verifies, erasing keeps it valid, sealing keeps up", "./kith test src/kith/core/chain src/kith/audit/tests/test_command.py", 90),
    Proof("ledger-speed", "1,000,000 rows are verified in 10 s and sealed at 10,000 rows/s or more; anomalies among them are there at once", "python -m tests.ledger.speed", 300, r'"(sealed_rows_per_second)": (\d+)[^}]*"(verified_seconds)": ([\d.]+)[^}]*"(anomalies_seconds)": ([\d.]+)', long=True, limits=(Limit(r'"verified_seconds": ([\d.]+)', most=10), Limit(r'"sealed_rows_per_second": (\d+)', least=10_000))),
    Proof("database-roles", "the role of the application cannot change ledger and log, and Kith works with it", "./kith test src/kith/core/tests/test_database_roles.py", 60),
    Proof("anomalies", "seven kinds of anomalies by exact limits; each is told once to those who may read the log", "./kith test src/kith/audit/tests/test_anomalies.py src/kith/audit/tests/test_telling.py", 40),
    # --- fire drills --------------------------------------------------------------------------------------------------
    Proof("backup", "a backup made in use restores and is whole; one changed byte anywhere in any of its files is found, the untouched one verifies", "./kith test src/kith/core/backup tests/drills/test_drills.py src/kith/core/tests/test_commands.py", 150),
    Proof("disk", "on a disk that is nearly full uploads and exports wait first, then every change (503, Retry-After); reading goes on", "./kith test src/kith/core/tests/test_room.py", 30),
    Proof("clock", "clocks that jump, summer time, leap days, 2038: no tick twice, no job stands still, nothing ended opens again, the ledger in the order of writing", "./kith test src/kith/core/tests/test_clock.py src/kith/core/chain/tests/test_clock.py", 60),
    Proof("backup-drill", "the same with hundreds of changed bytes, plain and encrypted, and back to a moment from the archive", "python -m tests.drills.backup", 1200, r'"(to a moment)": ([\d.]+)', long=True),
    Proof("disk-drill", "a real disk of 700 MB filled to its end, with the guard and (control) without", "python -m tests.drills.disk", 240, r'"(until changes go on)": ([\d.]+)', long=True),
    Proof("clock-drill", "random jumps of up to four days in 200 walks of eight days", "python -m tests.drills.clock", 240, r'"(walks)": (\d+)', long=True),
    Proof("move-drill", "everything moves from the embedded to an outside server over TCP and is the same there; five refusals change nothing", "python -m tests.drills.move", 240, r'"(move)": ([\d.]+)', long=True),
    # --- any input ------------------------------------------------------------------------------------------------------
    Proof("fuzz-filters", "the SQL of any filter finds what a second implementation in plain Python finds: every kind of field, custom fields, links, trees, relative dates", "./kith test tests/fuzz/test_filters.py", 60),
    Proof("fuzz-properties", "undo after any history gives back what nobody changed since; the amount is the sum of its lines; a role more is never a row less", "./kith test tests/fuzz/test_undo.py tests/fuzz/test_money.py tests/fuzz/test_roles.py", 60),
    Proof("fuzz-parsers", "bombs and broken files are refused with the file's name and the remedy within 512 MiB, nothing is changed; without the limit they take more", "./kith test tests/fuzz/test_parsers.py", 60),
    Proof("fuzz-api", "a few kinds of records over the API keep to the OpenAPI document for three callers; odd values are refused by name", "./kith test tests/fuzz/test_api.py", 90),
    Proof("fuzz-round-trip", "any export comes back as it was: six kinds of records, CSV, XLSX, JSON, address cards", "./kith test tests/fuzz/test_round_trip.py", 60),
    Proof("fuzz-api-all", "the API keeps to the OpenAPI document for every operation and three callers, all checks of schemathesis, stateful", "python -m tests.fuzz.api --examples 20", 7200, r'"part": "([^"]+)"(?:.|\n)*?"requests": (\d+)(?:.|\n)*?"requests": (\d+)(?:.|\n)*?"requests": (\d+)', long=True),
    # --- size -------------------------------------------------------------------------------------------------------------
    Proof("large-data", "the large data set is what the write path stores: search words, sort keys, match keys, contact points, ledger, links; three kinds of tampering are noticed", "./kith test src/kith/core/bench src/kith/sales/tests/test_bench.py", 60),
    Proof("large-build", "1,000,000 people, 200,000 companies, 1,000,000 opportunities, 2,000,000 notes and tasks, 9,100,000 ledger rows in 10 minutes", "./kith bench --full --data /tmp/kith-full --build", 900, r"(made in \d+ s)", long=True, limits=(Limit(r"made in (\d+) s", most=600),)),
    Proof("budgets", "budgets of the design at full size", "./kith bench --full --data /tmp/kith-full --clients 1", 3600, r"(\d+ of \d+ budgets are met)", long=True, limits=(Limit(r"(\d+) budgets are not met", most=0),)),
    Proof("bulk-same", "rows written at once, as an import does, and one by one give the same columns, ledger, match keys, stays, log, events and errors; 144 random rows of six kinds, good and bad", "./kith test src/kith/sales/tests/test_bulk_same.py", 60),
    Proof("import-speed", "20,000 people are imported at 20,000 rows/s, validated and audited", "./kith bench --only import", 600, r"audited: ([\d,]+ rows/s)", long=True, limits=(Limit(r"audited: ([\d,]+) rows/s", least=20_000),)),
    Proof("doubles-million", "among 1,000,000 people and 200,000 companies with names as common as real ones the first search for duplicates takes 10 minutes and 1 GB at most and finds 95 % of the people twice there that more than a name tells, and follows 1,000 changes within a minute; rows are what the write path stores", "python -m tests.quality.million", 3600, r'"(seconds)": ([\d.]+)[^}]*"(memory_mb)": (\d+)', long=True, limits=(Limit(r'"seconds": ([\d.]+)', most=600), Limit(r'"memory_mb": (\d+)', most=1024), Limit(r'"person": .*?"recall_of_those_that_can_be_told": ([\d.]+)', least=0.95), Limit(r'"catch_up_seconds": ([\d.]+)', most=60))),
    # --- load -----------------------------------------------------------------------------------------------------------
    Proof("overload", "96 sessions at once: what is let in is answered in time, the rest gets 503 with Retry-After, all is well at once afterwards; ten reports of one reader slow three others by at most 20 % at p99", "python -m tests.overload.drill", 400, r'"(told)": "([^"]*)"', long=True, limits=(Limit(r'"noise, shipped".*?"p99 is slower by": "(-?\d+)%"', least=-100, most=20),)),
    # --- crashes, failover, races -----------------------------------------------------------------------------------------
    Proof("drills", "in the small: kill -9 of job worker, postmaster and everything, a failover, races, one's own writes on a replica; each with controls that are seen", "./kith test tests/crash tests/replica tests/races src/kith/core/tests/test_replica.py", 300),
    Proof("crash", "100 times kill -9, SIGSTOP or SIGTERM of any part at work: nothing acknowledged lost, nothing half done, ledger, chain, events, mails and files agree in one snapshot; 30 tamperings are seen", "python -m tests.crash.drill --rounds 100", 5400, r'"(is_clean)": (true|false)', long=True),
    Proof("failover", "20 kills of the primary with 16 writers and the application at work: 50,000 or more acknowledged writes, none lost, the application goes on within 10 s with the same processes; asynchronous and unflushed commits do lose", "python -m tests.replica.failover", 1800, r'"(acknowledged)": (\d+),\s+"(lost)": (\d+),\s+"application"', long=True),
    Proof("replica-reads", "one's own writes are always read though the replica stands still, others read from it; late by 5 s it is read no more, /readyz and kith doctor say so; without the note one's own write is missed", "python -m tests.replica.reading", 300, r'"(own_writes)": (\d+),\s+"(own_missed)": (\d+)', long=True),
    Proof("races", "64 clients: one of many editors, one effect of one Idempotency-Key, change against trash against restore in order, one file by four importers, each tick of four workers once; careless variants are seen", "python -m tests.races.drill", 1200, r'"(times)": (\d+)', long=True),
)  # fmt: skip
BY_NAME = {proof.name: proof for proof in PROOFS}
