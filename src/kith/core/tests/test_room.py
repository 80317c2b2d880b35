"""A disk that is nearly full: what waits on which door, that nothing changes, and that it goes on by itself."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kith.core import bulk, files, room, writes
from kith.core.access import SYSTEM
from kith.core.entity import registry
from kith.core.jobs.running import Running, pause

COMPANY = "parties.company"


@pytest.fixture
def disk(monkeypatch):
    """Sets how much is free, as times of what must be."""

    def set_to(times):
        least = max(100 * room.PERCENT, room.MEGABYTES) << 20 or 1
        found = room.Disk(Path("/data"), int(least * times), int(least))
        monkeypatch.setattr(room, "disks", lambda: iter([found]))

    monkeypatch.setattr(room, "PERCENT", 5)
    monkeypatch.setattr(room, "MEGABYTES", 1024)
    monkeypatch.setattr(room.Disk, "has", lambda self, times=1.0: self.free >= times * self.total)
    return set_to


@pytest.mark.parametrize(
    ("free", "total", "has", "has_much"),
    [(50, 100, False, False), (1023, 4000, False, False), (1024, 4000, True, False), (1536, 4000, True, True), (4999, 100_000, False, False), (5000, 100_000, True, False), (7500, 100_000, True, True)],
)  # fmt: skip
def test_what_must_be_free(monkeypatch, free, total, has, has_much):
    monkeypatch.setattr(room, "PERCENT", 5)
    monkeypatch.setattr(room, "MEGABYTES", 1024)
    found = room.Disk(Path("/data"), free << 20, total << 20)
    assert (found.has(), found.has(room.LARGE)) == (has, has_much)


@pytest.mark.parametrize(
    ("size", "same_disk", "fits"),
    [(8976, True, True), (8977, True, False), (9999, False, True), (10_000, False, False)],
)
def test_what_is_written_at_once_leaves_room_to_go_on(monkeypatch, tmp_path, size, same_disk, fits):
    monkeypatch.setattr(room, "PERCENT", 5)
    monkeypatch.setattr(room, "MEGABYTES", 1024)
    monkeypatch.setattr(
        room.shutil, "disk_usage", lambda folder: SimpleNamespace(free=10_000 << 20, total=20_000 << 20)
    )
    monkeypatch.setattr(room, "disks", lambda: iter([room.Disk(tmp_path if same_disk else Path("/proc"), 0, 0)]))
    assert room.takes(tmp_path, size << 20) == fits


def test_uploads_and_exports_wait_first_then_every_change_and_reading_goes_on(people, disk):
    eva = people.clients.eva
    disk(1.2)
    upload = eva.post("/files", {"file": SimpleUploadedFile("a.txt", b"text")})
    export = eva.get("/companies/export?format=csv")
    for answer in (upload, export):
        assert (answer.status_code, int(answer["Retry-After"]) > 30) == (503, True)
    assert not any(files.folder().glob("??/??/*.part"))
    writes.create(SYSTEM, registry.get(COMPANY), {"name": "Before"})
    disk(0.9)
    before = registry.get(COMPANY).rows(SYSTEM, "view").count()
    answer = eva.post("/companies/new", {"name": "Refused"})
    assert (answer.status_code, int(answer["Retry-After"]) > 30) == (503, True)
    assert "nearly full" in answer.content.decode()
    api = eva.post("/api/v1/companies", {"name": "Refused"}, content_type="application/json")
    assert (api.status_code, api.json()["type"], int(api["Retry-After"]) > 30) == (
        503,
        "urn:kith:problem:overloaded",
        True,
    )
    assert registry.get(COMPANY).rows(SYSTEM, "view").count() == before
    assert eva.get("/companies/").status_code == 200
    disk(2)
    assert eva.post("/api/v1/companies", {"name": "Accepted"}, content_type="application/json").status_code == 201


def test_what_makes_room_goes_on_and_nothing_else(people, disk):
    companies, eva = registry.get(COMPANY), people.clients.eva
    disk(2)
    kept, *gone = writes.create_many(SYSTEM, companies, [{"name": f"Firm {n}"} for n in range(4)])
    disk(0.5)
    assert eva.delete(f"/api/v1/companies/{gone[0].pk}").status_code == 204
    assert eva.post(f"/companies/{gone[1].pk}/delete").status_code < 400
    result = bulk.run(lambda: SYSTEM, companies, [gone[2].pk], "delete", {}, lambda count: Running(None).step(count))
    assert result.done == 1
    assert {row.pk for row in companies.rows(SYSTEM, trashed=True)} == {row.pk for row in gone}
    writes.purge(SYSTEM, companies, companies.rows(SYSTEM, trashed=True).filter(pk=gone[0].pk))
    assert companies.rows(SYSTEM, trashed=True).count() == 2
    for act in (
        lambda: writes.restore(SYSTEM, companies, [gone[1].pk]),
        lambda: bulk.run(lambda: SYSTEM, companies, [kept.pk], "edit", {"name": "Changed"}),
        lambda: Running(None).step(),
    ):
        with pytest.raises(room.NoRoom):
            act()
    assert (companies.rows(SYSTEM).get().name, companies.rows(SYSTEM).count()) == ("Firm 0", 1)


def test_what_makes_room_stops_before_the_disk_is_full(people, disk):
    companies = registry.get(COMPANY)
    disk(2)
    kept, trashed = writes.create_many(SYSTEM, companies, [{"name": f"Firm {n}"} for n in range(2)])
    writes.delete(SYSTEM, companies, [trashed.pk])
    disk(0.05)
    for act in (
        lambda: writes.delete(SYSTEM, companies, [kept.pk]),
        lambda: writes.purge(SYSTEM, companies, companies.rows(SYSTEM, trashed=True)),
    ):
        with pytest.raises(room.NoRoom, match="nothing at all"):
            act()
    assert (companies.rows(SYSTEM).count(), companies.rows(SYSTEM, trashed=True).count()) == (1, 1)
    assert "nothing can be written (" in room.problem()
    with room.reading():
        room.require()


def test_the_administrator_is_told(disk):
    disk(2)
    assert room.problem() == ""
    disk(1.2)
    assert "uploads and exports wait" in room.problem()
    disk(0.5)
    assert "nothing can be written but what makes room" in room.problem()


def test_a_job_is_tried_again_as_long_as_there_is_no_room():
    assert pause(room.NoRoom("full"), attempts=1000, times=0) == 30
