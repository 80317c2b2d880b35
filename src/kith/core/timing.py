"""Server-Timing: what a request cost in time, processor time and queries; on with KITH_TIMING, for developers and `kith bench`."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

Answer = Callable[[HttpRequest], HttpResponse]


class Queries:
    """Counts statements and the time spent waiting for them."""

    def __init__(self) -> None:
        self.count, self.seconds = 0, 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        """Run one statement."""
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.count += 1
            self.seconds += time.perf_counter() - started


def timing(answer: Answer) -> Answer:
    """Add the header to every answer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        queries, started, processor = Queries(), time.perf_counter(), time.thread_time()
        with connection.execute_wrapper(queries):
            response = answer(request)
        spent = {"app": time.perf_counter() - started, "cpu": time.thread_time() - processor, "db": queries.seconds}
        parts = [f"{name};dur={seconds * 1000:.2f}" for name, seconds in spent.items()]
        response.headers["Server-Timing"] = ", ".join([*parts, f'queries;desc="{queries.count}"'])
        return response

    return middleware
