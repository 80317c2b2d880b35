"""Threads that begin at once, and the two ways in which they speak to Kith: over HTTP, or inside this process."""

import http.client
import json
import threading
import time
from collections.abc import Callable
from typing import Any

from tests.crash.installation import LOOPBACK

type Send = Callable[..., tuple[int, Any]]
AGAIN = 503  # the gate is full: nothing was done


def together[Result](count: int, work: Callable[[int], Result]) -> list[Result]:
    """`work(number)` in so many threads, all begun at the same moment; the first failure is raised."""
    from django.db import connection

    barrier, failures = threading.Barrier(count), list[BaseException]()
    results: dict[int, Result] = {}

    def begin(number: int) -> None:
        try:
            barrier.wait()
            results[number] = work(number)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return [results[number] for number in range(count)]


def over_http(port: int, token: str) -> Send:
    """Requests to a running Kith; one that finds the house full comes again."""

    def send(method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        status, answer = AGAIN, None
        while status == AGAIN:
            connection = http.client.HTTPConnection(LOOPBACK, port, timeout=60)
            common = {"Host": "localhost", "Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            given = {name.replace("_", "-"): value for name, value in headers.items()}
            try:
                connection.request(method, path, json.dumps(body or {}), common | given)
                response = connection.getresponse()
                status, content = response.status, response.read()
            finally:
                connection.close()
            answer = json.loads(content) if content else None
            if status == AGAIN:
                time.sleep(0.1)
        return status, answer

    return send


def inside(token: str) -> Send:
    """Requests that are answered in the calling thread."""
    from django.test import Client

    def send(method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        client = Client(raise_request_exception=False, headers={"Authorization": f"Bearer {token}"} | headers)
        answer = client.generic(method, path, json.dumps(body or {}), content_type="application/json")
        return answer.status_code, json.loads(answer.content) if answer.content else None

    return send
