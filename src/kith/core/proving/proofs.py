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
    Proof("doors", "every door is throttled in the database, nothing tells whether an account exists, what ends an account's sessions ends them on every door", "./kith test src/kith/access/tests/test_doors.py", 60),
    # --- the ledger ---------------------------------------------------------------------------------------------------
    Proof("ledger", "every kind of tampering with ledger and log is found, an untouched chain verifies, erasing keeps it valid, sealing keeps up", "./kith test src/kith/core/chain src/kith/audit/tests/test_command.py", 90),
    Proof("ledger-speed", "1,000,000 rows are verified in 10 s and sealed at 10,000 rows/s or more; anomalies among them are there at once", "python -m tests.ledger.speed", 300, r'"(sealed_rows_per_second)": (\d+)[^}]*"(verified_seconds)": ([\d.]+)[^}]*"(anomalies_seconds)": ([\d.]+)', long=True),
    Proof("database-roles", "the role of the application cannot change ledger and log, and Kith works with it", "./kith test src/kith/core/tests/test_database_roles.py", 60),
    Proof("anomalies", "seven kinds of anomalies by exact limits; each is told once to those who may read the log", "./kith test src/kith/audit/tests/test_anomalies.py src/kith/audit/tests/test_telling.py", 40),
    # --- load -----------------------------------------------------------------------------------------------------------
    Proof("overload", "96 sessions at once: what is let in is answered in time, the rest gets 503 with Retry-After, all is well at once afterwards; ten reports of one reader slow three others by at most 20 % at p99", "python -m tests.overload.drill", 400, r'"(told)": "([^"]*)"', long=True),
)  # fmt: skip
BY_NAME = {proof.name: proof for proof in PROOFS}
