"""What of a file is proven apart: together its parts prove what the whole does, whatever is kept.

Here: that no identity is cut, that no part is taken for another, and that a pass that is remembered
is that of the very same part.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.audit import Apart, Examined, Published, examine
from pipelines.audit.apart import BESIDE
from pipelines.audit.examine import FINDING
from pipelines.audit.quantities import read_cells
from pipelines.audit.relations import relate
from pipelines.memo import Memo, digest, memo_of
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.door_out import check_audit
from pipelines.settings import Settings
from tests.audit.by_hand import published
from tests.audit.test_protected import AUDIENCES as PROTECTED
from tests.audit.test_protected import laid_bare, shown
from tests.examples import examples

PLATFORM = AUDIENCES["platform"]
NUMBERS = {"numerator", "denominator", "value", "n_at_risk"}


def parts(release: Published) -> list[Published]:
    file = Apart.of(release)
    return [file.only([name]) for name in file.names]


def findings(*releases: Published) -> list[tuple[Any, ...]]:
    columns = [name for name in FINDING if name != "release"]
    found = [examine(release).findings[columns] for release in releases]
    return sorted(pd.concat(found).astype(str).itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("file_of", "audience"),
    [
        (laid_bare, "platform"),
        pytest.param(laid_bare, "advisory", marks=pytest.mark.long),
        (shown, "advisory"),
        pytest.param(shown, "platform", marks=pytest.mark.long),
    ],
    ids=lambda of: of if isinstance(of, str) else of.__name__,
)
def test_what_is_proven_of_a_file_is_what_is_proven_of_its_parts(file_of, audience):
    release = file_of(audience)

    assert len(parts(release)) > 5
    assert findings(*parts(release)) == findings(release)
    assert bool(findings(release)) == (file_of is laid_bare)


def test_of_a_file_without_any_indicator_nothing_is_proven():
    """DuckDB gives a column of texts without rows as one of objects, of which pandas knows less."""
    full = published(TWO)
    texts = {name: object for name in full.result.columns if name not in NUMBERS}
    bare = replace(
        full, result=full.result[:0].astype(texts), indicator=full.indicator[:0].astype(object)
    )

    assert [part.result.empty for part in parts(bare)] == [True]
    assert findings(*parts(bare)) == []


@pytest.mark.parametrize("audience", PROTECTED)
def test_no_sum_is_of_two_parts(audience):
    """Whatever identity joins two bases: who adds one ties them together too."""
    release = laid_bare(audience)
    file = Apart.of(release)
    related = relate(read_cells([release]), [release])
    part_of_base = file.part_of.groupby(release.indicator.set_index("indicator")["base"]).first()
    base = related.quantities["set"].map(related.sets["base"]).str.split("@").str[0]
    of_term = base.map(part_of_base).to_numpy()[related.system.number]

    joined = pd.Series(of_term).groupby(related.system.sum_of).nunique(dropna=False)

    assert set(related.sums["family"]) >= {"members", "periods", "nested", "parts", "flows"}
    assert joined.max() == 1


TWO = """
indicator  statistic value
one        started   40
other      started   50
"""


@pytest.mark.parametrize(
    ("indicators", "bases"),
    [
        (("one", "other"), "indicator base within\none larger -\nother smaller larger"),
        (("one", "other"), "indicator base within\none same -\nother same -"),
        (("judgments", "triage_table_share"), ""),
        (("escalated_judgments", "escalation_share"), ""),
        (("stock_persons", "outflow"), ""),
    ],
)
def test_bases_that_an_identity_speaks_of_are_one_part(indicators, bases):
    of = dict(zip(("one", "other"), indicators, strict=True))
    file = Apart.of(
        published(TWO.replace("one", of["one"]).replace("other", of["other"]), bases=bases)
    )
    assert file.part_of[list(indicators)].nunique() == 1


def test_bases_of_which_nothing_is_known_together_are_apart():
    file = Apart.of(published(TWO))
    assert file.names == ["one", "other", BESIDE]
    assert file.only(["one"]).result["indicator"].tolist() == ["one"]


def test_the_register_of_a_part_is_whole_where_an_indicator_has_no_figure():
    """By the base of an indicator without figures a reader knows the flow of another's."""
    release = published(TWO, bases="indicator base within\none came -\nother went -")
    register = pd.DataFrame({"indicator": ["inflow"], "kind": "flow", "unit": "cases"})
    register = pd.concat([release.indicator, register.assign(base="came")], ignore_index=True)
    file = Apart.of(replace(release, indicator=register))
    assert file.only([file.part_of["one"]]).indicator["indicator"].tolist() == ["one", "inflow"]


# --- what is remembered

SAFE = """
indicator  period_grain  period   dimension   member    value
ring       quarter       2026-Q1  national    national  40
ring       quarter       2026-Q2  national    national  40
ring       quarter       2026-Q1  phenomenon  a         -
ring       quarter       2026-Q2  phenomenon  a         -
ring       quarter       2026-Q1  phenomenon  b         -
ring       quarter       2026-Q2  phenomenon  b         -
ring       half_year     2026-H1  phenomenon  a         40
ring       half_year     2026-H1  phenomenon  b         40
ring       half_year     2026-H1  national    national  80
lone       quarter       2026-Q1  national    national  50
lone       quarter       2026-Q1  phenomenon  a         27
lone       quarter       2026-Q1  phenomenon  b         23
nested     quarter       2026-Q1  national    national  47
grouped    quarter       2026-Q1  national    national  100
grouped    quarter       2026-Q1  phenomenon  a         -
grouped    quarter       2026-Q1  phenomenon  b         -
grouped    quarter       2026-Q1  phenomenon  d         20
grouped    quarter       2026-Q1  phenomenon  e         34
grouped    quarter       2026-Q1  phenomenon_cluster ad 38
"""
ALL = {"ring", "lone", "nested", "grouped"}
BASES = "indicator base within\n" + "\n".join(f"{name} {name} -" for name in sorted(ALL))
CLUSTERS = "dimension cluster member\nphenomenon ad a\nphenomenon ad d"
BESIDE_FIGURES = pd.DataFrame({"series": ["a", "b"], "n_units": [20, 20], "n_found": [12, 8]})


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def safe(figures: str = SAFE, **about: Any) -> Published:
    """A file of four parts and a table beside them, of which nothing is proven."""
    said = {"bases": BASES, "clusters": CLUSTERS, "theme_agreement": BESIDE_FIGURES, **about}
    return published(figures, **said)


def proven(release: Published, settings: Settings) -> bool:
    """Whether the door out lets a file pass, with what is remembered of those before it."""
    with memo_of(settings) as memo:
        return check_audit(release, PLATFORM, memo).passed


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """The indicators of each file, or part of it, that was examined."""
    seen: list[set[str]] = []

    def noted(release: Published, **memo: Memo) -> Examined:
        seen.append(set(release.result["indicator"]))
        return examine(release, **memo)

    monkeypatch.setattr("pipelines.publication.door_out.examine", noted)
    return seen


def test_only_the_part_that_changed_is_proven_again(settings, asked):
    assert proven(safe(), settings)
    assert proven(safe(), settings)
    assert proven(safe(SAFE.replace(" 47", " 48")), settings)
    assert proven(safe(name="another name"), settings)
    assert asked == [ALL, {"nested"}, {"nested"}]


CHANGED = {
    "a count": safe(SAFE.replace(" 27", " 48").replace(" 23", " 2 ")),
    "a count that is withheld": safe(SAFE.replace(" 23", " - ").replace(" 27", " 48")),
    "the threshold": safe(threshold=24),
    "what a base is nested in": safe(bases=BASES.replace("nested -", "nested lone")),
    "who is in a cluster": safe(clusters=CLUSTERS.replace("ad d", "ad e")),
    "a table beside the figures": safe(
        theme_agreement=BESIDE_FIGURES.assign(n_found=[12, 2])
    ),
}  # fmt: skip


@pytest.mark.parametrize("changed", CHANGED.values(), ids=CHANGED)
def test_whatever_changed_is_not_let_out_by_what_passed_before(changed, settings):
    assert proven(safe(), settings)
    assert not proven(changed, settings)
    assert not proven(changed, settings), "nor is that it failed forgotten"
    assert proven(safe(), settings)


def test_a_memory_that_was_written_to_is_not_believed(settings, asked):
    assert not proven(CHANGED["a count"], settings)
    with memo_of(settings) as memo:
        # Somebody notes that it passed: by the digest of what did not.
        file = Apart.of(CHANGED["a count"])
        content = {name: digest(*file.content(name)) for name in file.names}
        memo.recall("audit platform", content, lambda names: dict.fromkeys(names, 0))
        assert memo._connection is not None
        memo._connection.execute("update remembered set value = ?", [b"\x80\x05K\x00."])
        memo._connection.execute("update remembered set seal = 'of another'")
        memo._connection.commit()
    asked.clear()
    assert not proven(CHANGED["a count"], settings)
    assert asked == [ALL]


@pytest.mark.long
@examples(10, long=60)
@given(st.lists(st.sampled_from([*CHANGED.values(), safe()]), min_size=1, max_size=3))
def test_whatever_was_let_out_before_the_verdict_is_that_of_a_fresh_memory(
    tmp_path_factory, releases
):
    settings = Settings(home=tmp_path_factory.mktemp("home"))
    for release in releases:
        assert proven(release, settings) == check_audit(release, PLATFORM).passed
