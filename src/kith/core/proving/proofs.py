"""The list of proofs: one line each, in the order of docs/proof.md. A test keeps the two together."""

from dataclasses import dataclass

#: What pytest says at its end.
PASSED = r"(\d+ passed(?:, \d+ \w+)*)"


@dataclass(frozen=True, slots=True)
class Proof:
    """What it is called, what it proves, the command, and the seconds that it may take on two quiet processors.

    The command holds if it ends with 0. `figure` is a pattern; what its groups find last in the output is the result that is shown.
    Long ones run only when they are named, or with --long.
    """

    name: str
    proves: str
    command: str
    budget: int
    figure: str = PASSED
    long: bool = False


PROOFS = (
    # --- who may what -----------------------------------------------------------------------------------------------
    Proof("matrix", "every entity, surface, operation, principal and relation is as an oracle without ORM says; every address is in the matrix or reviewed", "./kith test tests/matrix", 150),
    Proof("matrix-all", "the same for every combination instead of a sample", "KITH_LONG=1 ./kith test tests/matrix", 7200, long=True),
    Proof("mutants", "95 % or more of all rules of rights, each broken in turn, are noticed by the tests", "python -m tests.mutants.run", 5400, r'("noticed": \d+)[^}]*?("score": [\d.]+)', long=True),
    Proof("hidden-time", "hidden takes as long as missing: medians of 200 tries of each of 13 addresses within 2 ms", "python -m tests.matrix.timing", 120, r'"apart_at_most_ms": ([\d.]+)', long=True),
    # --- signing in, secrets ------------------------------------------------------------------------------------------
    Proof("secrets", "secrets at rest: a dump of the table holds no secret, swapped values open nothing, keys are rotated", "./kith test src/kith/core/tests/test_sealing.py", 30),
    Proof("factors", "second factors: codes once, recovery, demanded, reset, asked anew", "./kith test src/kith/access/tests/test_factors.py src/kith/access/tests/test_factors_at_once.py", 60),
    Proof("passkeys", "passkeys in Chromium with a virtual authenticator; pages in three languages, two sizes, two themes, axe without findings", "./kith test src/kith/access/tests/test_passkeys_browser.py", 120),
    Proof("doors", "every door is throttled in the database, nothing tells whether an account exists, what ends an account's sessions (roles too) ends them on every door, long answers break off", "./kith test src/kith/access/tests/test_doors.py", 60),
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
    Proof("ledger-speed", "1,000,000 rows are verified in 10 s and sealed at 10,000 rows/s or more; anomalies among them are there at once", "python -m tests.ledger.speed", 300, r'"(sealed_rows_per_second)": (\d+)[^}]*"(verified_seconds)": ([\d.]+)[^}]*"(anomalies_seconds)": ([\d.]+)', long=True),
    Proof("database-roles", "the role of the application cannot change ledger and log, and Kith works with it", "./kith test src/kith/core/tests/test_database_roles.py", 60),
    Proof("anomalies", "seven kinds of anomalies by exact limits; each is told once to those who may read the log", "./kith test src/kith/audit/tests/test_anomalies.py src/kith/audit/tests/test_telling.py", 40),
    Proof("bulk", "rows written at once, as an import does, and one by one give the same columns, ledger, match keys, stays, log, events and errors: 144 random rows of six kinds, good and bad", "./kith test src/kith/sales/tests/test_bulk_same.py", 60),
    # --- load -----------------------------------------------------------------------------------------------------------
    Proof("overload", "96 sessions at once: what is let in is answered in time, the rest gets 503 with Retry-After, all is well at once afterwards; ten reports of one reader slow three others by at most 20 % at p99", "python -m tests.overload.drill", 400, r'"(told)": "([^"]*)"', long=True),
)  # fmt: skip
BY_NAME = {proof.name: proof for proof in PROOFS}
