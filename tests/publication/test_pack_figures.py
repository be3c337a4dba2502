"""Figures of the pack in words: a number never stands without what it may be."""

import pytest

from pipelines.publication.pack import duration_text, share_text


@pytest.mark.parametrize(
    ("figure", "written"),
    [
        ((12.5, 10.0, 15.0, 40.0, "ok"), "12,5 (10–15) dagen"),
        ((12.5, 10.0, None, 40.0, "ok"), "12,5 (vanaf 10) dagen"),
        ((12.5, None, 15.0, 40.0, "ok"), "12,5 (tot 15) dagen"),
        ((None, 10.0, None, 40.0, "not_reached"), "niet bereikt"),
        ((None, None, None, None, "suppressed"), "te klein om te tonen"),
        (None, "geen gevallen"),
    ],
)
def test_a_length(figure: tuple | None, written: str) -> None:
    assert duration_text(figure, "calendar_days").startswith(written)


@pytest.mark.parametrize(
    ("unit", "written"),
    [
        ("days", "36 (24–72) minuten"),
        ("hours", "1,5 (1–3) minuten"),
        ("working_days", "0 (0–0,1) werkdagen"),
    ],
)
def test_a_length_far_below_its_unit_is_written_in_a_finer_one(unit: str, written: str) -> None:
    figure = (0.025, 1 / 60, 0.05, 40.0, "ok")

    assert duration_text(figure, unit) == written


@pytest.mark.parametrize(
    ("figure", "written"),
    [
        ((0.0, 0.0, 0.072, 50.0, "ok"), "0% (0–7)"),
        ((1.0, 0.928, 1.0, 50.0, "ok"), "100% (93–100)"),
        ((None, None, None, 3.0, "too_recent"), "te recent"),
    ],
)
def test_a_share_within_norm(figure: tuple | None, written: str) -> None:
    assert share_text(figure).startswith(written)
