"""Pinned packages are held against a file of known vulnerabilities, without asking anybody.

The entries are in the OSV format, in which the two archives that exist hand them out.
"""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from packaging.version import Version

from pipelines.supply.advisories import AdvisoryError, concerning, main, read_entries
from pipelines.supply.pins import read_pins
from tests.examples import examples

LOCK = "Jinja2[i18n]==3.1.4 ; python_version >= '3' \\\n    --hash=sha256:{}\nodfpy==1.4.1\n"


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    path = tmp_path / "requirements.lock"
    path.write_text("# made by hand\n" + LOCK.format("a" * 64), encoding="utf-8")
    return path


def entry(*events: dict[str, str], name: str = "jinja2", **more: Any) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges}
    affected |= {key: more.pop(key) for key in ("versions",) if key in more}
    return {"id": "GHSA-1", "modified": "2026-11-01T00:00:00Z", "affected": [affected], **more}


def test_a_lock_is_read_with_extras_markers_and_hashes(lock):
    jinja, odfpy = read_pins(lock)

    assert (jinja.name, jinja.version, jinja.sha256) == ("jinja2", Version("3.1.4"), ("a" * 64,))
    assert jinja.is_for_here
    assert (odfpy.name, odfpy.marker) == ("odfpy", None)


@pytest.mark.parametrize(
    ("events", "is_affected"),
    [
        ([{"introduced": "0"}], True),
        ([{"introduced": "0"}, {"fixed": "3.1.5"}], True),
        ([{"introduced": "0"}, {"fixed": "3.1.4"}], False),
        ([{"introduced": "3.1.4"}], True),
        ([{"introduced": "3.1.5"}], False),
        ([{"introduced": "0"}, {"last_affected": "3.1.4"}], True),
        ([{"introduced": "0"}, {"last_affected": "3.1.3"}], False),
        ([{"introduced": "0"}, {"limit": "3.0"}], False),
        # Mended in one series and not in the next; events in any order, or two in one.
        ([{"introduced": "3.1"}, {"fixed": "2.11.3"}, {"introduced": "0"}], True),
        ([{"introduced": "0", "fixed": "2.11.3"}, {"introduced": "3.2"}], False),
        # As versions go, not as text.
        ([{"introduced": "3.1.10"}], False),
        ([{"introduced": "3.1.4rc1"}, {"fixed": "3.1.4"}], False),
    ],
)
def test_a_version_lies_in_a_range_as_the_format_says(lock, events, is_affected):
    assert bool(concerning(read_pins(lock), [entry(*events)])) == is_affected


@pytest.mark.parametrize(
    ("advisory", "is_affected"),
    [
        (entry(versions=["3.1.3", "3.1.4"]), True),
        (entry(versions=["3.1.4.0"]), True),
        (entry(versions=["3.1.3", "0.dead-beef"]), False),
        (entry({"introduced": "0"}, withdrawn="2026-01-01T00:00:00Z"), False),
        (entry({"introduced": "0"}, name="JINJA2"), True),
        (entry({"introduced": "0"}, name="jinja3"), False),
        ({"id": "X", "affected": [{"package": {"ecosystem": "npm", "name": "jinja2"}}]}, False),
    ],
)
def test_only_what_is_about_this_package_and_stands_concerns(lock, advisory, is_affected):
    assert bool(concerning(read_pins(lock), [advisory])) == is_affected


@pytest.mark.parametrize("advisory", [entry(), entry({"introduced": "r2-beta-x"})])
def test_what_cannot_be_compared_is_told_and_not_passed_over(lock, advisory):
    [found] = concerning(read_pins(lock), [advisory])
    assert not found.is_certain
    assert "look yourself" in found.sentence


ALL_ZIP = {
    "GHSA-1.json": json.dumps(entry({"introduced": "0"}, {"fixed": "3.1.6"}, summary="A\n b"))
}
DATABASE = {
    "advisory-database-main/vulns/jinja2/PYSEC-1.yaml": yaml.safe_dump(
        entry({"introduced": "0"}, aliases=["CVE-2026-1"])
    ),
    "advisory-database-main/README.md": "No entry.",
    "advisory-database-main/.pre-commit-config.yaml": "repos: []",
}


def packed(path: Path, files: dict[str, str]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return path


def test_both_archives_that_are_handed_out_are_read(lock, tmp_path, capsys):
    assert main([str(packed(tmp_path / "all.zip", ALL_ZIP)), str(lock)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "jinja2 3.1.4: GHSA-1; fixed in 3.1.6. A b",
        "Concerned: 1 of 2 packages.",
        "Advisories read: 1, the newest of 2026-11-01.",
    ]
    assert main([str(packed(tmp_path / "main.zip", DATABASE)), str(lock)]) == 1
    assert "GHSA-1, CVE-2026-1; no fixed version named." in capsys.readouterr().out


# As the archive of one ecosystem has them: an entry a file, named after it, in full.
FULL: dict[str, Any] = {
    "schema_version": "1.7.3",
    "id": "GHSA-aaaa-bbbb-cccc",
    "modified": "2026-11-20T10:00:00.123456Z",
    "published": "2026-11-01T10:00:00Z",
    "aliases": ["CVE-2026-12345", "PYSEC-2026-7"],
    "related": ["CGA-dddd-eeee-ffff"],
    "summary": "Sandbox breakout",
    "details": "### Impact\nLong text, with `code`.",
    "severity": [{"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H"}],
    "affected": [
        {
            "package": {"name": "jinja2", "ecosystem": "PyPI", "purl": "pkg:pypi/jinja2"},
            "ranges": [
                {"type": "ECOSYSTEM", "events": [{"introduced": "3.0"}, {"fixed": "3.1.5"}]},
                {
                    "type": "GIT",
                    "repo": "https://github.com/pallets/jinja",
                    "events": [{"introduced": "0"}, {"fixed": "a" * 40}],
                },
            ],
            "versions": ["3.0.0", "3.1.3", "3.1.4"],
            "ecosystem_specific": {"affected_functions": ["jinja2.sandbox"]},
            "database_specific": {"source": "https://github.com/github/advisory-database"},
        }
    ],
    "references": [{"type": "WEB", "url": "https://nvd.nist.gov/vuln/detail/CVE-2026-12345"}],
    "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-1336"], "github_reviewed": True},
}
AS_PUBLISHED: dict[str, dict[str, Any]] = {
    "GHSA-aaaa-bbbb-cccc.json": FULL,
    # The same by another database: versions named and no range but of commits.
    "PYSEC-2026-7.json": FULL
    | {
        "id": "PYSEC-2026-7",
        "aliases": ["CVE-2026-12345", "GHSA-aaaa-bbbb-cccc"],
        "affected": [FULL["affected"][0] | {"ranges": [FULL["affected"][0]["ranges"][1]]}],
    },
    "GHSA-gggg-hhhh-jjjj.json": FULL
    | {"id": "GHSA-gggg-hhhh-jjjj", "withdrawn": "2026-11-21T00:00:00Z"},
    # Of a package that was malicious from the first: no range, no severity.
    "MAL-2026-1.json": {
        "id": "MAL-2026-1",
        "modified": "2026-11-22T00:00:00Z",
        "summary": "Malicious code in odfpyy (PyPI)",
        "affected": [{"package": {"name": "odfpyy", "ecosystem": "PyPI"}, "versions": ["1.4.1"]}],
    },
    # Several packages in one, of which one is pinned at a version that is mended.
    "GHSA-kkkk-mmmm-pppp.json": {
        "id": "GHSA-kkkk-mmmm-pppp",
        "modified": "2026-01-01T00:00:00Z",
        "affected": [
            {"package": {"name": "other", "ecosystem": "PyPI"}, "versions": ["1"]},
            {
                "package": {"name": "odfpy", "ecosystem": "PyPI"},
                "ranges": [
                    {
                        "type": "ECOSYSTEM",
                        "events": [{"introduced": "0"}, {"last_affected": "1.4.0"}],
                    }
                ],
            },
        ],
    },
}


def test_the_archive_of_an_ecosystem_is_judged_entry_by_entry(lock, tmp_path, capsys):
    files = {name: json.dumps(each) for name, each in AS_PUBLISHED.items()}
    assert main([str(packed(tmp_path / "all.zip", files)), str(lock)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "jinja2 3.1.4: GHSA-aaaa-bbbb-cccc, CVE-2026-12345, PYSEC-2026-7; fixed in 3.1.5. "
        "Sandbox breakout",
        "jinja2 3.1.4: PYSEC-2026-7, CVE-2026-12345, GHSA-aaaa-bbbb-cccc; no fixed version named. "
        "Sandbox breakout",
        "Concerned: 1 of 2 packages.",
        "Advisories read: 5, the newest of 2026-11-22.",
    ]


def test_one_entry_or_a_list_of_them_will_do(lock, tmp_path):
    path = tmp_path / "found.json"
    path.write_text(json.dumps([entry({"introduced": "4"}), entry({"introduced": "5"})]))
    assert main([str(path), str(lock)]) == 0
    path.write_text(json.dumps(entry({"introduced": "3"})))
    assert main([str(path), str(lock)]) == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("missing.json", None),
        ("half.json", b"{"),
        ("text.json", b'"jinja2"'),
        ("bytes.json", b"\xff\xfe\x00"),
        ("other.txt", b"jinja2"),
        ("npm.json", b'{"id": "X", "affected": [{"package": {"ecosystem": "npm", "name": "x"}}]}'),
        ("empty.json", b"[]"),
        ("deep.json", b"[" * 100_000),
    ],
)
def test_a_file_that_tells_nothing_is_no_good_news(lock, tmp_path, capsys, name, content):
    if content is not None:
        (tmp_path / name).write_bytes(content)

    assert main([str(tmp_path / name), str(lock)]) == 2
    told = capsys.readouterr()
    assert name in told.err
    assert told.out == ""


@given(st.recursive(st.none() | st.booleans() | st.text(max_size=5), lambda inner: st.lists(
    inner, max_size=3) | st.dictionaries(st.sampled_from(
        ["id", "affected", "package", "name", "ecosystem", "ranges", "events", "versions",
         "introduced", "fixed", "type"]) , inner, max_size=4), max_leaves=15))  # fmt: skip
@examples(50)
def test_whatever_a_file_holds_it_is_read_or_refused(tmp_path_factory, content):
    folder = tmp_path_factory.mktemp("any")
    (folder / "any.json").write_text(json.dumps(content), encoding="utf-8")
    (folder / "lock").write_text(LOCK.format("a" * 64), encoding="utf-8")
    try:
        entries = read_entries(folder / "any.json")
    except AdvisoryError:
        return
    concerning(read_pins(folder / "lock"), entries)
