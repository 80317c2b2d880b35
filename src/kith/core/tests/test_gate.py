"""The gate: places at work, a share for each caller, a line of limited length, what those are told who do not get in."""

import gc
import json
import threading

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from kith.core import gate
from kith.core.gate import Full, Gate, Place

FOREVER = 1000.0  # whoever waited so long would be seen: the test would not end


def waiter(door: Gate, caller: str) -> tuple[threading.Thread, list[str]]:
    """Somebody who stands in line; the list tells when he is in."""
    came: list[str] = []
    thread = threading.Thread(target=lambda: came.append(door.enter(caller).caller), daemon=True)
    thread.start()
    while caller not in [one.caller for one in door.waiting] and thread.is_alive():
        thread.join(0.001)
    return thread, came


def test_one_caller_has_half_of_the_places_and_others_the_rest():
    door = Gate(4, 0, FOREVER)
    mine = [door.enter("ann"), door.enter("ann")]
    with pytest.raises(Full):
        door.enter("ann")
    door.enter("bob"), door.enter("cleo")
    with pytest.raises(Full):
        door.enter("dora")
    mine[0].leave()
    mine[0].leave()  # twice is once
    assert door.working == {"ann": 1, "bob": 1, "cleo": 1}
    door.enter("dora")
    with pytest.raises(Full):
        door.enter("ann")


def test_who_waits_comes_in_when_a_place_is_given_back():
    door = Gate(1, 1, FOREVER)
    place = door.enter("ann")
    thread, came = waiter(door, "bob")
    with pytest.raises(Full):  # the line is full: told at once
        door.enter("cleo")
    assert not came
    place.leave()
    thread.join()
    assert came == ["bob"] and (door.waiting, door.working) == ([], {"bob": 1})


def test_who_came_first_goes_in_first_and_nobody_who_comes_later_before():
    door = Gate(1, 3, FOREVER)
    place = door.enter("ann")
    line = [waiter(door, name) for name in ("bob", "cleo", "ann")]
    for (thread, came), name in zip(line, ("bob", "cleo", "ann"), strict=True):
        place.leave()
        assert door.working == {name: 1} and not door.is_free("dora")  # handed over before anybody could ask
        thread.join()
        assert came == [name]
        place = Place(door, name)
    assert not door.waiting


def test_who_was_handed_a_place_while_giving_up_has_it():
    door = Gate(1, 1, FOREVER)
    place = door.enter("ann")
    thread, _came = waiter(door, "bob")
    (one,) = door.waiting
    place.leave()
    thread.join()
    assert not door.go(one)
    assert door.working == {"bob": 1}


@pytest.mark.parametrize("handed", [True, False])
def test_who_is_broken_off_in_line_keeps_neither_line_nor_place(monkeypatch, handed):
    door = Gate(1, 1, FOREVER)
    place = door.enter("ann")

    def broken_off(_event, _seconds):
        if handed:
            place.leave()
        raise SystemExit

    monkeypatch.setattr(threading.Event, "wait", broken_off)
    with pytest.raises(SystemExit):
        door.enter("bob")
    assert (door.waiting, door.working) == ([], {} if handed else {"ann": 1})


def test_nobody_waits_for_ever():
    door = Gate(1, 1, 0.01)
    door.enter("ann")
    with pytest.raises(Full):
        door.enter("bob")
    assert (door.waiting, door.working) == ([], {"ann": 1})


def test_a_caller_who_waits_for_himself_holds_up_nobody_else():
    door = Gate(4, 1, FOREVER)
    mine = [door.enter("ann"), door.enter("ann")]
    thread, came = waiter(door, "ann")
    door.enter("bob")
    assert not came
    mine[0].leave()
    thread.join()
    assert came == ["ann"]


# --- requests -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(settings):
    """The middleware with no place for anybody, and what reached the view behind it."""
    settings.LINE = 0
    reached: list[str] = []

    def view(request):
        reached.append(request.path)
        return HttpResponse("fine")

    full = gate.gate(view)
    door = full.__closure__
    assert door is not None
    next(cell.cell_contents for cell in door if isinstance(cell.cell_contents, Gate)).places = 0
    return full, reached


def test_a_page_says_that_it_is_busy_and_when_to_come_again(closed):
    middleware, reached = closed
    answer = middleware(RequestFactory().get("/companies/", headers={"Accept-Language": "ru"}))
    assert answer.status_code == 503 and 1 <= int(answer.headers["Retry-After"]) <= 4
    assert "Kith занят" in answer.text and not reached


def test_a_program_and_a_part_of_a_page_are_told_in_their_form(closed):
    middleware, reached = closed
    answer = middleware(RequestFactory().post("/api/v1/companies", "{}", "application/json"))
    assert (answer.status_code, json.loads(answer.content)["type"]) == (503, "urn:kith:problem:overloaded")
    part = middleware(RequestFactory().post("/companies/", headers={"HX-Request": "true"}))
    assert part.status_code == 503 and "Try again" in part.headers["HX-Trigger"] and not reached


def test_those_who_watch_always_get_in(closed):
    middleware, reached = closed
    assert [middleware(RequestFactory().get(path)).status_code for path in ("/healthz", "/readyz")] == [200, 200]
    assert reached == ["/healthz", "/readyz"]


def through(view, settings):
    """A gate with two places for one caller, in front of a view; and the gate itself."""
    settings.THREADS, settings.LINE = 4, 0
    middleware = gate.gate(view)
    return middleware, next(
        cell.cell_contents for cell in middleware.__closure__ if isinstance(cell.cell_contents, Gate)
    )


def test_a_place_is_given_back_after_the_answer_and_after_an_error(settings):
    def view(request):
        if request.path == "/bad":
            raise ValueError
        return HttpResponse("fine")

    middleware, door = through(view, settings)
    for _number in range(5):
        assert middleware(RequestFactory().get("/")).status_code == 200
        with pytest.raises(ValueError):
            middleware(RequestFactory().get("/bad"))
    assert not door.working


@pytest.mark.django_db  # closing an answer looks after connections
def test_a_stream_keeps_its_place_until_it_ends_or_nobody_wants_it(settings):
    middleware, door = through(lambda request: StreamingHttpResponse(iter(["a"])), settings)
    first, second = middleware(RequestFactory().get("/")), middleware(RequestFactory().get("/"))
    assert door.working.total() == 2
    assert middleware(RequestFactory().get("/")).status_code == 503
    first.close()
    assert door.working.total() == 1
    del second
    gc.collect()
    assert not door.working


def test_a_caller_is_a_token_a_session_or_an_address(settings):
    make = RequestFactory()
    one, two = make.get("/", REMOTE_ADDR="192.0.2.1"), make.get("/", REMOTE_ADDR="192.0.2.2")
    assert gate.caller_of(one) != gate.caller_of(two)
    for request in (one, two):
        request.COOKIES[settings.SESSION_COOKIE_NAME] = "same"
    assert gate.caller_of(one) == gate.caller_of(two)
    token = make.get("/", headers={"Authorization": "Bearer kith_x"})
    assert gate.caller_of(token) not in (gate.caller_of(one), gate.caller_of(two))
