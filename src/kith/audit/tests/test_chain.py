"""Verifying the chain as a job: what it keeps, whom it tells, what the log says of it, and what the doctor says."""

import datetime as dt
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from kith.audit import jobs, verification
from kith.core import writes
from kith.core.access import SYSTEM
from kith.core.chain import anchors, verdict, verifying
from kith.core.chain.findings import snapshot
from kith.core.chain.tests import ground
from kith.core.jobs import cancel, defer, defer_once
from kith.core.jobs.worker import work
from kith.core.jobs_models import JobRun, State
from kith.core.notify import Notification
from kith.core.testing.people import grant, make_people

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Anchors of its own, and an empty queue: its tables are not Django's."""
    monkeypatch.setattr(anchors, "data_folder", lambda: tmp_path)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers, procrastinate_periodic_defers CASCADE")
    yield tmp_path


@pytest.fixture
def people() -> Any:
    return make_people()


def sealed() -> int:
    """Seal all there is, with an anchor; how many rows the chain holds."""
    ground.fill()
    ground.seal()
    anchors.drop()
    return verifying.total()


def verified() -> JobRun:
    """A verification that somebody asked for, done."""
    run = defer(jobs.verify)
    work(until_empty=True)
    run.refresh_from_db()
    return run


def tampered() -> str:
    """Change a sealed line; what is to be found."""
    line = ground.ids("core_auditevent")[-1]
    assert ground.attack("UPDATE core_auditevent SET detail = '{}' WHERE id = %s", line) == 1
    return f"line of the log {line} was changed (what: it holds something else than was sealed)."


def told(user: Any) -> list[str]:
    return list(Notification.objects.filter(user=user, kind="chain").order_by("pk").values_list("title", flat=True))


def pill(client: Any) -> str:
    """How the log shows the chain."""
    page = client.get("/audit/").text
    return str(page.partition('id="chain-state"')[2].partition("</a>")[0])


def test_an_intact_chain(people: Any) -> None:
    assert 'data-state="unknown"' in pill(people.clients.eva) and "Not verified yet" in pill(people.clients.eva)
    rows = sealed()
    run = verified()
    assert run.state == State.DONE and rows > 16
    facts = run.outcome
    assert facts.pop("seconds") >= 0
    assert facts == {"rows": rows, "seals": facts["seals"], "anchors": 1, "waiting": 0, "erased": 0, "found": 0, "is_cut": False, "findings": []}  # fmt: skip
    assert facts["seals"] >= 3 and (run.done, run.total) == (rows, rows)
    shown = pill(people.clients.eva)
    assert 'data-state="intact"' in shown and "Chain intact" in shown and "1 anchors" in shown
    assert f'href="/audit/chain/{run.pk}"' in shown and "hx-get" not in shown
    assert not Notification.objects.filter(kind="chain").exists() and verdict.problem() == ""
    assert "All is as it was sealed." in people.clients.eva.get("/audit/chain").text


def test_a_broken_chain_is_told_once_to_each_reader(people: Any) -> None:
    grant(people.max, ("system", "audit", "all"))
    writes.save(SYSTEM, people.max, {"language": "ru"})
    sealed()
    wanted = tampered()
    run = verified()
    assert (run.state, run.outcome["found"]) == (State.DONE, 1)
    (finding,) = run.outcome["findings"]
    assert finding.startswith("seal ") and finding.endswith(wanted)
    assert (told(people.eva), told(people.max)) == (
        ["1 place is not as it was sealed"],
        ["1 место не совпадает с запечатанным"],
    )
    assert (told(people.ann), told(people.tom)) == ([], [])
    verification.tell(run, 1)  # as by a worker that took the job over
    assert len(told(people.eva)) == len(told(people.max)) == 1
    shown = pill(people.clients.eva)
    assert 'data-state="broken"' in shown and "Chain broken" in shown and f"/audit/chain/{run.pk}" in shown
    note = Notification.objects.get(user=people.eva, kind="chain")
    assert "found the chain of the log broken:" in people.clients.eva.get("/notifications").text
    answer = people.clients.eva.get(f"/notifications/{note.pk}", follow=True)
    assert answer.redirect_chain[-1][0] == f"/audit/chain/{run.pk}" and wanted in answer.text
    assert "the chain of the ledger is broken: 1 findings" in verdict.problem()
    again = verified()
    assert again.outcome["found"] == 1 and len(told(people.eva)) == 2  # each verification tells


def test_what_is_broken_stays_so_until_a_comparison_says_otherwise(people: Any, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    sealed()
    tampered()
    broken = verified()

    def fail(*_given: Any, **_named: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(verifying, "verify", fail)
        assert verified().state == State.FAILED
    defer(jobs.verify)  # and no worker is there
    shown = pill(people.clients.eva)
    assert 'data-state="broken"' in shown and f'href="/audit/chain/{broken.pk}"' in shown and "hx-get" in shown
    assert "is broken: 1 findings" in verdict.problem()


def test_a_chain_that_cannot_be_read_is_a_finding(people: Any) -> None:
    """Who spoils a seal must not silence verification."""
    sealed()
    assert ground.attack("UPDATE core_seal SET until_key = 'x' WHERE source = 'event'")
    run = verified()
    assert run.state == State.DONE and run.outcome["found"] >= 1 and told(people.eva)
    assert 'data-state="broken"' in pill(people.clients.eva)


def test_one_that_is_being_stopped_is_not_the_one_that_is_meant() -> None:
    run = defer(jobs.verify)
    JobRun.objects.filter(pk=run.pk).update(state=State.RUNNING, cancel_asked=True)
    assert defer_once(jobs.verify).pk != run.pk and JobRun.objects.count() == 2


def test_where_the_rest_was_not_compared_no_exact_number_is_told(people: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "MOST", 0)
    monkeypatch.setattr(verifying, "groups", lambda seals: ([seal] for seal in seals))
    for _time in range(4):  # more seals than are compared at once
        ground.fill()
        sealed()
    assert ground.attack("UPDATE core_auditevent SET detail = '{\"x\": 1}'") > 1
    run = verified()
    assert run.outcome["is_cut"] and told(people.eva)[0].startswith("at least ")
    assert "At least " in people.clients.eva.get(f"/audit/chain/{run.pk}").text


def test_many_findings_are_cut(people: Any) -> None:
    for _time in range(4):
        ground.fill()
    sealed()
    assert ground.attack("UPDATE core_auditevent SET detail = '{\"x\": 1}'") > verification.KEPT
    run = verified()
    assert run.outcome["found"] > verification.KEPT == len(run.outcome["findings"]) == 20
    assert "The first 20 are shown." in people.clients.eva.get(f"/audit/chain/{run.pk}").text


def test_a_spoilt_file_of_anchors_is_a_finding_and_hides_no_other(people: Any, place: Path) -> None:
    sealed()
    wanted = tampered()
    (place / "anchors.txt").write_text("kith-anchor 1 never\n")
    run = verified()
    first, second = run.outcome["findings"]
    assert first.startswith("anchors: ") and "line 1 is no whole anchor" in first and second.endswith(wanted)
    assert "There was no anchor to compare with" in people.clients.eva.get(f"/audit/chain/{run.pk}").text
    assert told(people.eva) == ["2 places are not as they were sealed"]


def test_the_button_asks_once_and_shows_the_open_one(people: Any) -> None:
    grant(people.max, ("system", "audit", "all"))
    first = people.clients.eva.post("/audit/chain/verify")
    run = JobRun.objects.get(name=verdict.JOB)
    assert (first.status_code, first.headers["Location"], run.actor_id) == (
        302,
        f"/audit/chain/{run.pk}",
        people.eva.pk,
    )
    headers = {"HX-Request": "true", "HX-Target": "span#chain-pill"}
    second = people.clients.max.post("/audit/chain/verify", headers=headers)
    assert (
        'data-state="running"' in second.text and 'hx-trigger="every 2s"' in second.text and "<html" not in second.text
    )
    assert f"/audit/chain/{run.pk}" in second.headers["HX-Trigger"]
    jobs.verify_nightly()
    assert JobRun.objects.filter(name=verdict.JOB).count() == 1
    JobRun.objects.filter(pk=run.pk).update(state=State.RUNNING, done=45, total=100)
    assert "45 %" in people.clients.max.get("/audit/chain", headers=headers).text
    card = people.clients.max.get(
        f"/audit/chain/{run.pk}", headers={"HX-Request": "true", "HX-Target": "section#chain"}
    )
    assert 'hx-trigger="every 2s"' in card.text and "<html" not in card.text
    assert f"/jobs/{run.pk}" not in card.text  # it is Eva's; Max could not open it
    assert f"/jobs/{run.pk}" in people.clients.eva.get(f"/audit/chain/{run.pk}").text


def test_each_night_kith_itself_asks(people: Any) -> None:
    sealed()
    jobs.verify_nightly()
    (run,) = JobRun.objects.filter(name=verdict.JOB)
    assert (run.actor, run.state) == (None, State.QUEUED)
    work(until_empty=True)
    run.refresh_from_db()
    assert run.state == State.DONE
    jobs.verify_nightly()
    assert JobRun.objects.filter(name=verdict.JOB).count() == 2


def test_only_readers_of_the_log_ask_and_see(people: Any) -> None:
    run = JobRun.objects.create(name=verdict.JOB, state=State.DONE, result={"found": 0})
    other = JobRun.objects.create(name="core.bulk", state=State.DONE)
    pages = ("/audit/chain", f"/audit/chain/{run.pk}")
    assert [people.clients.ann.get(page).status_code for page in pages] == [403, 403]
    assert people.clients.ann.post("/audit/chain/verify").status_code == 403
    assert JobRun.objects.count() == 2
    assert [people.clients.eva.get(page).status_code for page in pages] == [200, 200]
    assert people.clients.eva.get(f"/audit/chain/{other.pk}").status_code == 404
    assert people.clients.eva.get("/audit/chain/verify").status_code == 405


def test_of_those_who_ask_at_once_one_makes_the_job() -> None:
    """Somebody else holds the lock and has written the run before this one may look."""
    found: list[JobRun] = []

    def ask() -> None:
        try:
            found.append(defer_once(jobs.verify))
        finally:
            connection.close()

    with ground.somebody() as other:
        other.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"kith.job:{verdict.JOB}"])
        thread = threading.Thread(target=ask)
        thread.start()
        waits = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        while thread.is_alive() and other.execute(waits).fetchone() == (0,):
            time.sleep(0.01)
        run = defer(jobs.verify)
    thread.join()
    assert found == [run] and JobRun.objects.count() == 1


def test_it_stops_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    sealed()
    run = defer(jobs.verify)
    compare = verifying.compare

    def stopped(*given: Any) -> Any:
        assert cancel(run)
        return compare(*given)

    monkeypatch.setattr(verifying, "compare", stopped)
    work(until_empty=True)
    run.refresh_from_db()
    assert (run.state, run.result) == (State.CANCELLED, None)
    assert verdict.verdict().state == "unknown"


def test_who_holds_the_snapshot_may_wait_for_those_who_compare() -> None:
    with snapshot(), connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_verification_that_fails_says_so(people: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_given: Any, **_named: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(verifying, "verify", fail)
    run = verified()
    assert run.state == State.FAILED
    assert "Verification failed" in pill(people.clients.eva)
    assert "could not be verified" in verdict.problem() and "failed" in verdict.told()


def test_the_doctor_misses_verifications() -> None:
    assert (verdict.told(), verdict.problem()) == ("never", "")
    sealed()
    assert "was not verified" in verdict.problem(timezone.now() + dt.timedelta(days=4)), "not even once"
    run = verified()
    assert verdict.told().startswith(f"{run.finished_at:%Y-%m-%d %H:%M} UTC: ") and "with 1 anchors" in verdict.told()
    now = timezone.now()
    assert verdict.problem(now + dt.timedelta(days=2)) == ""
    assert "was not verified for more than 3 days" in verdict.problem(now + dt.timedelta(days=4))
