"""The same delivery twice changes nothing, however it is packed."""

import gzip
import zipfile
from datetime import timedelta
from hashlib import sha256

import pytest

from pipelines.deliveries.landing.zone import read_registry
from pipelines.road.walk import take_in
from tests.deliveries.conftest import DAY, NOW

NAME = f"om_casus_{DAY}_v1.csv"


def packed(door, content, kind, *, level=9):
    """A file in the inbox of this content, bare or packed."""
    if kind == "gz":
        return door.put_bytes(f"{NAME}.gz", gzip.compress(content, level))
    if kind == "zip":
        path = door.put_bytes(f"{NAME}.zip", b"")
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("levering.csv", content)
        return path
    return door.put_bytes(NAME, content)


def content_of(door, cells=None):
    path = door.put("om_casus", cells)
    content = path.read_bytes()
    path.unlink()
    return content


@pytest.mark.parametrize("second", ["csv", "gz", "zip"])
@pytest.mark.parametrize("first", ["csv", "gz", "zip"])
def test_packed_in_another_way_it_is_the_same_delivery(door, first, second):
    content = content_of(door)
    assert door.take_one(packed(door, content, first)).status == "accepted"
    before = read_registry(door.settings)

    again = door.take_one(packed(door, content, second, level=1), now=NOW + timedelta(days=1))

    assert again.status == "already_known"
    assert read_registry(door.settings) == before


def test_in_one_run_the_first_lands_and_the_other_is_known(door):
    content = content_of(door)
    for kind in ("csv", "gz", "zip"):
        packed(door, content, kind)
    assert [outcome.status for outcome in door.take().outcomes] == [
        "accepted", "already_known", "already_known"]  # fmt: skip


def test_the_same_file_in_two_folders_lands_once(door):
    path = packed(door, content_of(door), "csv")
    copy = door.settings.home / "copy" / NAME
    copy.parent.mkdir()
    copy.write_bytes(path.read_bytes())
    assert sorted(outcome.status for outcome in door.take(path, copy).outcomes) == [
        "accepted", "already_known"]  # fmt: skip


def test_another_content_in_a_package_is_another_delivery(door):
    door.take_one(packed(door, content_of(door), "csv"))
    other = content_of(door, door.cells("om_casus", seed=2))
    outcome = door.take_one(packed(door, other, "gz"))
    assert (outcome.status, outcome.rule) == ("refused", "versie_bestaat")


def test_a_damaged_package_is_not_what_landed(door):
    content = content_of(door)
    door.take_one(packed(door, content, "csv"))
    half = gzip.compress(content)[:-20]
    outcome = door.take_one(door.put_bytes(f"{NAME}.gz", half))
    assert (outcome.status, outcome.rule) == ("refused", "versie_bestaat")


def test_the_note_keeps_the_hash_of_the_file_and_of_what_was_in_it(door):
    content = content_of(door)
    door.take_one(packed(door, content, "gz"))
    [landed] = read_registry(door.settings)
    bare = packed(door, content, "csv")
    assert door.take_one(bare).status == "already_known"
    assert landed.sha256 != landed.content_sha256 == sha256(bare.read_bytes()).hexdigest()


def test_an_inbox_of_what_is_known_needs_no_intake(door):
    content = content_of(door)
    door.take_one(packed(door, content, "csv"))
    packed(door, content, "gz")
    # What a transfer server is still writing, and the register it keeps, are no deliveries.
    door.put_bytes(f".{NAME}.part", content[:10])
    door.put_bytes("aankomst.csv", b"bestand,ontvangen_op\n")
    # Its outcome would name a step that failed: there is no orchestrator in this home.
    assert take_in(door.settings, door.settings.inbox_dir).is_clean
    assert not (door.settings.home / "dagster").exists()
