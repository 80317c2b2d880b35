"""Writers that note what was acknowledged: plain clients of the database, which find the primary by themselves."""

import itertools
import threading
import time

import psycopg

PAUSE = 0.005  # seconds: the machine has other work, too
TABLE = "CREATE TABLE IF NOT EXISTS drill (id bigint PRIMARY KEY, at timestamptz NOT NULL DEFAULT clock_timestamp())"


class Writers:
    """Several threads that insert one number after another, each in a transaction of its own."""

    def __init__(
        self, url: str, count: int, options: str = "", *, numbers: "itertools.count[int] | None" = None
    ) -> None:
        self.url = f"{url}?target_session_attrs=read-write&connect_timeout=3"
        self.options, self.numbers = options, numbers or itertools.count(1)
        self.acknowledged: list[int] = []  # append is atomic
        self.stopping = threading.Event()
        self.threads = [threading.Thread(target=self.write, daemon=True) for _ in range(count)]

    def __enter__(self) -> "Writers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stopping.set()
        for thread in self.threads:
            thread.join()

    def write(self) -> None:
        """Insert until told to stop; a number whose commit was not acknowledged is never used again."""
        while not self.stopping.is_set():
            try:
                with psycopg.connect(self.url, autocommit=True, options=self.options) as connection:
                    while not self.stopping.is_set():
                        number = next(self.numbers)
                        connection.execute("INSERT INTO drill (id) VALUES (%s)", [number])
                        self.acknowledged.append(number)
                        time.sleep(PAUSE)
            except psycopg.Error:
                time.sleep(0.05)


def lost(connection: psycopg.Connection, acknowledged: list[int]) -> int:
    """How many acknowledged numbers are not there."""
    query = "SELECT count(*) FROM unnest(%s::bigint[]) AS told (id) WHERE NOT EXISTS (SELECT FROM drill WHERE drill.id = told.id)"
    row = connection.execute(query, [acknowledged]).fetchone()
    assert row is not None
    return int(row[0])
