"""From draft to publication: who may do what, in which order, on which day."""

import json
from datetime import date, datetime, timedelta

import pytest

from pipelines.publication.audiences import AUDIENCES
from pipelines.releases.content import OWN_TABLES, read_tables
from pipelines.releases.shelf import Comment, UnknownReleaseError, shelf
from pipelines.releases.states import ReleaseError, State
from pipelines.releases.verify import verify
from tests.releases.conftest import ANALYST, HEAD, METHODOLOGIST, MONDAY

A_WEEK = timedelta(days=7)


def test_a_release_walks_from_draft_to_readers(days, build):
    made = days.desk(ANALYST).draft(build())
    assert (made.id, made.state) == ("2026-K3.1", State.draft)

    assert days.desk(ANALYST).submit(made.id).state is State.submitted
    assert days.desk(METHODOLOGIST).approve(made.id).state is State.approved
    release = days.desk(HEAD).publish(made.id)

    assert release.state is State.published
    assert (release.submitted_by, release.approved_by) == (ANALYST, METHODOLOGIST)
    assert release.path.name == "release.duckdb"
    assert oct(release.path.stat().st_mode)[-3:] == "400"


def test_what_readers_get_is_named_after_the_release(days, build):
    release = days.published(build())

    told = read_tables(release.path, "publication")["publication"].iloc[0]
    assert told["publication_id"] == release.id
    assert len(told["content_hash"]) == 64


@pytest.mark.parametrize("submitter", [ANALYST, METHODOLOGIST])
def test_nobody_approves_what_they_drafted_or_submitted(days, build, submitter):
    made = days.desk(METHODOLOGIST).draft(build())
    days.desk(submitter).submit(made.id)

    with pytest.raises(ReleaseError, match="een ander keurt haar goed"):
        days.desk(METHODOLOGIST).approve(made.id)
    assert days.release(made.id).state is State.submitted
    assert days.desk(HEAD).approve(made.id).approved_by == HEAD


def test_who_stands_in_no_list_can_do_nothing(days, build):
    with pytest.raises(ReleaseError, match=r"dat mogen: analist, methodoloog$"):
        days.desk("stagiair").draft(build())
    made = days.desk(ANALYST).draft(build())
    days.desk(ANALYST).submit(made.id)
    with pytest.raises(ReleaseError, match="uitbrengen"):
        days.desk(ANALYST).approve(made.id)


def test_nothing_is_published_before_its_embargo(days, build):
    embargo = (MONDAY + A_WEEK).date()
    made = days.desk(ANALYST).draft(build(), embargo=embargo)
    days.desk(ANALYST).submit(made.id)
    days.desk(METHODOLOGIST).approve(made.id)

    with pytest.raises(ReleaseError, match="embargo tot 30-11-2026"):
        days.desk(HEAD, MONDAY + A_WEEK - timedelta(days=1)).publish(made.id)
    # The day begins where the chain is, an hour before it does in UTC.
    almost = datetime(2026, 11, 29, 23, 1, tzinfo=MONDAY.tzinfo) - timedelta(minutes=days.minutes)
    assert days.desk(HEAD, almost).publish(made.id).state is State.published


def test_a_release_from_which_a_small_group_can_be_proven_goes_nowhere(days, build):
    # Five of a rounding by five: one to nine judgments were in time.
    made = days.desk(ANALYST).draft(build("2026-Q1 40 5"))

    with pytest.raises(ReleaseError, match=r"de audit houdt release 2026-K3\.1 tegen"):
        days.desk(ANALYST).submit(made.id)
    assert days.release(made.id).state is State.draft


def test_a_refused_step_leaves_nothing_behind(days, build, monkeypatch):
    def lies() -> list[str]:
        return verify(days.settings.releases_dir)

    an_hour_ago = MONDAY - timedelta(hours=1)
    made = days.desk(ANALYST).draft(build())
    with pytest.raises(ReleaseError, match="klok"):
        days.desk(ANALYST, an_hour_ago).draft(build())
    with pytest.raises(ReleaseError, match="klok"):
        days.desk(ANALYST, an_hour_ago).submit(made.id)
    assert lies() == []

    days.desk(ANALYST).submit(made.id)
    with monkeypatch.context() as patched:
        patched.setattr("pipelines.releases.desk.write_audit", refuse)
        with pytest.raises(ReleaseError, match="de audit"):
            days.desk(METHODOLOGIST).approve(made.id)
    assert lies() == []

    days.desk(METHODOLOGIST).approve(made.id)
    with pytest.raises(ReleaseError, match="klok"):
        days.desk(METHODOLOGIST, an_hour_ago).publish(made.id)
    assert lies() == []
    assert days.desk(METHODOLOGIST).publish(made.id).state is State.published


def refuse(*_: object) -> None:
    raise ReleaseError("de audit houdt haar tegen")


def test_the_record_of_the_audit_is_kept_with_the_release(days, build):
    release = days.published(build())

    assert {"audit.json", "audit_of_draft.json"} <= set(release.files)
    record = json.loads((release.folder / "audit.json").read_text("utf-8"))
    assert record["passes"] is True
    assert record["files"][-1]["sha256"] == release.files["release.duckdb"]


def test_a_release_without_a_figure_is_not_made(days, build):
    with pytest.raises(ReleaseError, match="nog geen enkel cijfer lang genoeg gevolgd"):
        days.desk(ANALYST).draft(build(reference_date=date(2026, 3, 30)))
    assert shelf(days.settings) == []


def test_what_is_not_approved_is_not_published(days, build):
    made = days.desk(ANALYST).draft(build())

    with pytest.raises(ReleaseError, match="is concept en kan niet worden uitgebracht"):
        days.desk(METHODOLOGIST).publish(made.id)


def test_the_next_release_takes_the_place_of_the_one_before(days, build):
    first = days.published(build())
    second = days.published(build(), MONDAY + A_WEEK)

    assert (second.id, second.supersedes) == ("2026-K3.2", first.id)
    assert days.release(first.id).state is State.superseded
    # For good: its file is still there, and as it was.
    assert days.release(first.id).path.exists()


def test_a_draft_of_before_another_was_published_is_overtaken(days, build):
    early = days.desk(ANALYST).draft(build())
    days.published(build())

    with pytest.raises(ReleaseError, match="stel een nieuw concept op"):
        days.desk(ANALYST, MONDAY).submit(early.id)


def test_releases_follow_each_other_whatever_the_order_of_their_numbers(days, build):
    earlier_day = build(reference_date=date(2026, 9, 29))
    released = [days.published(made).id for made in (build(), earlier_day, build())]

    assert released == ["2026-K3.1", "2026-K2.1", "2026-K3.2"]


def test_a_withdrawn_release_says_why_and_keeps_its_number(days, build):
    first = days.published(build())

    with pytest.raises(ReleaseError, match="waarom"):
        days.desk(HEAD).withdraw(first.id, " ")
    gone = days.desk(HEAD).withdraw(first.id, "Dubbel geteld.")

    assert (gone.state, gone.reason) == (State.withdrawn, "Dubbel geteld.")
    assert days.desk(ANALYST).draft(build()).id == "2026-K3.2"


@pytest.mark.parametrize("step", ["submit", "approve", "publish"])
def test_an_unknown_release_is_named_and_nothing_else(days, step):
    with pytest.raises(UnknownReleaseError, match=r"^release '2026-K9\.9' bestaat niet$"):
        getattr(days.desk(METHODOLOGIST), step)("2026-K9.9")


def test_a_number_is_of_the_last_quarter_that_is_over(days, build):
    assert days.desk(ANALYST).draft(build(reference_date=date(2026, 9, 30))).id == "2026-K3.1"
    assert days.desk(ANALYST).draft(build(reference_date=date(2026, 9, 29))).id == "2026-K2.1"


def test_a_step_that_was_cut_short_is_done_again(days, build, monkeypatch):
    monkeypatch.setattr("pipelines.releases.desk.file_sha256", lambda _: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        days.desk(ANALYST).draft(build())
    monkeypatch.undo()
    assert shelf(days.settings) == []

    assert days.desk(ANALYST).draft(build()).id == "2026-K3.1"


def test_a_comment_stands_beside_its_figure(days, build):
    made = days.desk(ANALYST).draft(build())
    said = Comment("inflow", "om", "In mei telde een arrondissement dubbel.", "2026-Q2")

    days.desk(ANALYST).comment(made.id, said)
    days.desk(ANALYST).submit(made.id)
    days.desk(METHODOLOGIST).approve(made.id)

    assert days.release(made.id).comments == (said,)
    told = read_tables(days.release(made.id).path, "comment")["comment"]
    assert told[["indicator", "period", "organisation"]].to_numpy().tolist() == [
        ["inflow", "2026-Q2", "om"]
    ]
    with pytest.raises(ReleaseError, match="goedgekeurd en kan niet"):
        days.desk(ANALYST).comment(made.id, said)


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        (Comment("inflow", "om", "Besproken met Pieter de Vries."), "naam"),
        (Comment("inflow", "om", "Bel 06-12345678."), "telefoonnummer"),
        (Comment("inflow", "om", "a" * 281), "281 tekens"),
        (Comment("inflow", "om", " "), "0 tekens"),
        (Comment("inflow", "gemeente", "Klopt."), "organisatie 'gemeente' bestaat niet"),
        (Comment("outflow", "om", "Klopt."), "geen cijfer outflow"),
        (Comment("inflow", "om", "Klopt.", "2019-Q1"), "geen cijfer inflow 2019-Q1"),
    ],
)
def test_a_comment_that_may_not_be_published_is_refused(days, build, comment, says):
    made = days.desk(ANALYST).draft(build())

    with pytest.raises(ReleaseError, match=says) as refused:
        days.desk(ANALYST).comment(made.id, comment)
    assert "Vries" not in str(refused.value)
    assert days.release(made.id).comments == ()


def test_every_table_and_column_of_a_release_is_named(days, build):
    named = AUDIENCES["advisory"].columns
    assert named
    allowed = {**named, **OWN_TABLES}

    found = read_tables(days.published(build()).path)

    assert {"result", *OWN_TABLES} <= found.keys()
    assert {
        (table, column)
        for table, frame in found.items()
        for column in frame.columns
        if column not in allowed[table]
    } == set()


def test_a_partner_can_have_its_data_withheld_by_name(days, build):
    made = days.desk(ANALYST).draft(build(), without=["nctv"])

    tables = read_tables(made.path, "result", "excluded")
    by_indicator = tables["result"].groupby("indicator")["status"].unique()
    assert by_indicator["in_time_share"].tolist() == ["suppressed"]
    assert by_indicator["inflow"].tolist() == ["ok"]
    of_share = tables["result"][tables["result"]["indicator"] == "in_time_share"]
    assert of_share[["numerator", "denominator", "value"]].isna().all(axis=None)
    assert tables["excluded"][["label_nl", "indicator"]].to_numpy().tolist() == [
        ["NCTV", "in_time_share"]
    ]
    with pytest.raises(ReleaseError, match="organisatie 'gemeente' bestaat niet"):
        days.desk(ANALYST).draft(build(), without=["gemeente"])


def test_what_a_partner_has_withheld_stands_in_no_revision_either(days, build):
    days.published(build("2026-Q1 40 30"))
    mended = days.published(build("2026-Q1 60 45"), error="Een tabel was dubbel geleverd.")
    made = days.desk(ANALYST).draft(
        build("2026-Q1 80 60"), error="Een tabel ontbrak.", without=["nctv"]
    )

    told = read_tables(made.path, "revision")["revision"].sort_values(["revised_in", "indicator"])
    assert told[["revised_in", "indicator", "new_denominator", "new_value"]].fillna(
        -1
    ).to_numpy().tolist() == [
        [mended.id, "in_time_share", 60.0, 0.75],
        [mended.id, "inflow", -1.0, 60.0],
        [made.id, "inflow", -1.0, 80.0],
    ]
