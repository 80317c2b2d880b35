"""The page of the configuration as files: its archive, the comparison with another one, and who may."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kith.core.access import SYSTEM
from kith.core.configuration import applying, archive
from kith.core.configuration.kinds import Scope
from kith.core.entity import registry
from kith.core.ledger import AuditEvent, ChangeSet

from .setup import build

pytestmark = pytest.mark.django_db
WHERE = "/settings/configuration"


def send(client: Any, data: bytes, **more: str) -> Any:
    return client.post(WHERE, {"file": SimpleUploadedFile("other.zip", data), **more})


def test_download_compare_and_see_nothing_written(people: Any) -> None:
    build()
    eva = people.clients.eva
    kept = eva.get("/settings/configuration/archive")
    assert (
        kept.headers["Content-Type"] == "application/zip"
        and "kith-configuration-" in kept.headers["Content-Disposition"]
    )
    assert archive.unpack(kept.content) == applying.export(Scope())[0]
    assert AuditEvent.objects.filter(kind="export", title="Configuration as files").count() == 1
    assert "say the same" in send(eva, kept.content).text
    files = archive.unpack(kept.content)
    files["tags.yaml"] = files["tags.yaml"].replace("hue: rose", "hue: teal") + "  - name: Cold\n"
    files["sources.yaml"] = "kind: parties.source\nrecords: []\n"
    before = ChangeSet.objects.count()
    text = send(eva, archive.pack(files)).text
    assert "Cold" in text and "<del>rose</del>" in text and "<ins>teal</ins>" in text and "Fair: autumn" not in text
    assert "Fair: autumn" in send(eva, archive.pack(files), prune="on").text
    assert (
        ChangeSet.objects.count() == before and not registry.get("core.tag").rows(SYSTEM).filter(name="Cold").exists()
    )


def test_what_could_not_be_brought_in_is_told(people: Any) -> None:
    answer = send(
        people.clients.eva, archive.pack({"tags.yaml": "kind: core.tag\nrecords:\n  - name: A\n    tags: [B]\n"})
    )
    assert "<code>tags.yaml:4</code> tags: There is no such record: tag “B”" in answer.text


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("tags.yaml", b"#" * (archive.MOST_BYTES + 1))
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no archive of a configuration"),
        (b"kind: x", "no archive of a configuration"),
        (archive.pack({"readme.txt": "x"}), "no archive of a configuration"),
        (bomb(), "Too large for a configuration"),
        (archive.pack({f"{n}.yaml": "" for n in range(201)}), "Too large for a configuration"),
    ],
)
def test_other_files_are_refused_in_words(people: Any, data: bytes, words: str) -> None:
    answer = send(people.clients.eva, data or b"\0")
    assert answer.status_code == 422 and words in answer.text


def test_without_a_file_it_is_asked_for(people: Any) -> None:
    assert "Choose a file." in people.clients.eva.post(WHERE).text


def test_only_who_may_edit_all_of_it_gets_it(people: Any) -> None:
    for who in ("ann", "tom", "max"):
        client = getattr(people.clients, who)
        assert client.get(WHERE).status_code == 403 and client.get("/settings/configuration/archive").status_code == 403
        assert WHERE not in client.get("/settings/").text
    assert people.clients.eva.get(WHERE).status_code == 200 and WHERE in people.clients.eva.get("/settings/").text
