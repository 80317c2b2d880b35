"""The embedded PostgreSQL: one server per data folder, started by whoever needs it, alive until the last one leaves.

1. A server process and all its children hold `server.lock` for as long as one of them lives (they inherit the locked
   file), so whoever gets that lock knows that nothing runs here: no guessing from process ids, which containers reuse.
2. `Server.ensure()` connects; when nobody answers it takes the lock, clears what a killed server left, starts a new one.
3. `Server.using()` holds `users.lock` together with others; the last one to leave stops the server.

Any of these processes may be killed at any moment. docs/decisions/001-embedded-postgresql.md has the reasons.
"""

from kith.core.postgres.binaries import Binaries, NoPostgres, find
from kith.core.postgres.server import Server

__all__ = ["Binaries", "NoPostgres", "Server", "find"]
