"""The pages of jobs and settings: who sees what, stopping and trying again."""

import re
from typing import Any

import pytest

from kith.core import jobs
from kith.core.jobs_models import JobRun, State
from kith.core.testing.people import grant

pytestmark = pytest.mark.django_db


def run_of(user: Any, **values: Any) -> JobRun:
    return JobRun.objects.create(name="core.bulk", actor=user, **values)


def test_everybody_sees_the_own_jobs_and_who_has_the_right_all(people: Any) -> None:
    mine, system = run_of(people.ann), run_of(None)
    assert {
        who: [getattr(people.clients, who).get(f"/jobs/{run.pk}").status_code for run in (mine, system)]
        for who in ("ann", "tom", "eva")
    } == {"ann": [200, 404], "tom": [404, 404], "eva": [200, 200]}
    assert (
        str(mine.pk) in people.clients.ann.get("/jobs").text
        and str(mine.pk) not in people.clients.tom.get("/jobs").text
    )
    grant(people.max, ("system", "jobs", "all"))
    assert str(system.pk) in people.clients.max.get("/jobs").text


def test_the_card_asks_again_only_while_the_job_goes_on(people: Any) -> None:
    run = run_of(people.ann, state=State.RUNNING, done=3, total=12)
    card = people.clients.ann.get(f"/jobs/{run.pk}", headers={"HX-Request": "true", "HX-Target": "section#job"}).text
    assert 'hx-trigger="every 2s"' in card and 'value="25"' in card and "<html" not in card
    JobRun.objects.filter(pk=run.pk).update(state=State.FAILED, message="The file is gone.")
    card = people.clients.ann.get(f"/jobs/{run.pk}", headers={"HX-Request": "true", "HX-Target": "section#job"}).text
    assert "every 2s" not in card and "The file is gone." in card and "Try again" in card


def test_tabs_show_the_states(people: Any) -> None:
    runs = {state: run_of(people.ann, state=state) for state in State}
    shown = {
        tab: {
            state
            for state, run in runs.items()
            if f'/jobs/{run.pk}"' in people.clients.ann.get(f"/jobs?tab={tab}").text
        }
        for tab in ("open", "failed", "done", "nonsense")
    }
    assert shown == {
        "open": {"queued", "running"},
        "failed": {"failed", "cancelled"},
        "done": {"done"},
        "nonsense": set(State),
    }


def test_a_waiting_job_is_stopped(people: Any) -> None:
    run = jobs.defer(jobs.declared["core.bulk"], people.ann)
    assert people.clients.tom.post(f"/jobs/{run.pk}/cancel").status_code == 404
    assert people.clients.ann.post(f"/jobs/{run.pk}/cancel").status_code == 302
    run.refresh_from_db()
    assert run.state == State.CANCELLED
    assert people.clients.ann.post(f"/jobs/{run.pk}/cancel").status_code == 422


def test_a_failed_job_is_tried_again_for_the_same_person(people: Any) -> None:
    run = run_of(people.ann, state=State.FAILED, arguments={"key": "1"})
    assert people.clients.tom.post(f"/jobs/{run.pk}/retry").status_code == 404
    answer = people.clients.eva.post(f"/jobs/{run.pk}/retry")
    again = JobRun.objects.exclude(pk=run.pk).get()
    assert answer.headers["Location"] == f"/jobs/{again.pk}"
    assert (again.name, again.actor_id, again.arguments, again.state) == (
        "core.bulk",
        people.ann.pk,
        {"key": "1"},
        State.QUEUED,
    )
    assert people.clients.eva.post(f"/jobs/{again.pk}/retry").status_code == 422


def test_a_job_whose_code_is_gone_is_not_tried_again(people: Any) -> None:
    run = JobRun.objects.create(name="old.gone", actor=people.ann, state=State.FAILED)
    assert people.clients.ann.post(f"/jobs/{run.pk}/retry").status_code == 422
    assert JobRun.objects.count() == 1


def test_pages_of_jobs_are_walked_by_key(people: Any) -> None:
    keys = [str(run_of(people.ann, state=State.DONE).pk) for _number in range(60)]
    first = people.clients.ann.get("/jobs").text
    (more,) = re.findall(r'href="(/jobs\?[^"]*before=[^"]*)"', first)
    second = people.clients.ann.get(more.replace("&amp;", "&")).text
    shown = [[key for key in keys if f'/jobs/{key}"' in text] for text in (first, second)]
    assert shown == [keys[10:], keys[:10]]


CARDS = {
    "eva": {"/users/", "/roles/", "/settings/roles", "/settings/tokens", "/audit/", "/jobs", "/industries/"},
    "ann": {"/jobs"},
    "max": {"/jobs"},
}


@pytest.mark.parametrize("who", CARDS)
def test_the_settings_show_only_what_one_may_do(people: Any, who: str) -> None:
    text = getattr(people.clients, who).get("/settings/").text
    every = set().union(*CARDS.values())
    assert {url for url in every if f'class="card setting" href="{url}"' in text} == CARDS[who]
