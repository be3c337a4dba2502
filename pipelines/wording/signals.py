"""What a signal says, in the words of somebody at the meeting.

Here: pure functions on rows of the published table `signal`: the reason of a signal in one
sentence, what must be said beside it, and the entries of the list for discussion.
Not here: reading rows, how they look (`dashboard`), and any rule or limit: those are
taken as published.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import pandas as pd

from pipelines.as_shown import of_length
from pipelines.dimensions import NATIONAL
from pipelines.wording import formats
from pipelines.wording.figures import change_of, figures
from pipelines.wording.language import Words
from pipelines.wording.rows import Row, records, text_of

# What a signal and the figures of its series have in common.
_OF_SERIES = ("indicator", "statistic", "view", "side", "dimension", "member")


@dataclass(frozen=True)
class Entry:
    """One item on the list for discussion.

    Attributes:
        indicator: The indicator that leads it.
        strength: How strong the evidence of the whole item is.
        expected_false: How many items of the whole list are chance at most, by expectation.
        told: Per indicator, the leading one first, its signals: the national ones first, the
            headline measure before others; then members in the fixed order of dimensions and
            members.
        spoken: The signal it is spoken of by.
    """

    indicator: str
    strength: str
    expected_false: float
    told: Mapping[str, tuple[Row, ...]]
    spoken: Row

    @property
    def signals(self) -> tuple[Row, ...]:
        """All its signals."""
        return tuple(row for rows in self.told.values() for row in rows)


# Charts whose rules say something else than those of all others.
_REASONS_OF_CHART = {"xmr_of_changes": ".changes", "spans": ".spans"}


def entries(signals: pd.DataFrame, members: pd.DataFrame) -> list[Entry]:
    """Return the items that are up for discussion, the least likely by chance first.

    Args:
        signals: Rows of `signal`.
        members: Rows of `dimension_member` in their fixed order.
    """
    if signals.empty:
        return []
    up = records(signals[signals["discussion_rank"].notna()])
    order = {(row["dimension"], row["member"]): place for place, row in enumerate(records(members))}
    up.sort(
        key=lambda row: (
            int(row["discussion_rank"]),
            row["indicator"] != row["item"],
            str(row["indicator"]),
            row["dimension"] != NATIONAL,
            # Members in the order everybody knows; within one member the headline measure first.
            order.get((row["dimension"], row["member"]), len(order)),
            str(row["member"]),
            not row["is_headline"],
            str(row["period_grain"]),
        )
    )
    return [
        Entry(
            str(rows[0]["item"]),
            str(rows[0]["item_strength"]),
            float(rows[0]["expected_false"]),
            {
                str(indicator): tuple(own)
                for indicator, own in groupby(rows, key=lambda row: row["indicator"])
            },
            spoken_of(signals, str(rows[0]["item"]), "quarter") or rows[0],
        )
        for _, group in groupby(up, key=lambda row: int(row["discussion_rank"]))
        for rows in [list(group)]
    ]


def beside(entry: Entry, register: Sequence[Row]) -> list[str]:
    """Return what belongs beside an item and is not told under it: agreement, balancing measure.

    Args:
        entry: The item.
        register: The register of indicators.
    """
    own = next((row for row in register if row["indicator"] == entry.indicator), {})
    handoff = text_of(own, "handoff_id")
    agreements = [
        str(row["indicator"])
        for row in register
        if handoff and row["kind"] == "reconciliation" and row["handoff_id"] == handoff
    ]
    named = [*agreements, text_of(own, "balancing_indicator")]
    return [name for name in dict.fromkeys(named) if name and name not in entry.told]


def spoken_of(signals: pd.DataFrame, indicator: str, grain: str) -> Row | None:
    """Return the one row an indicator is spoken of by; None where no chart was made.

    Of what is listed that is the row told under its item with the strongest evidence, whatever its
    measure, period or member. Of anything else it is the row its icons come from, by `grain`.

    Args:
        signals: Rows of `signal`.
        indicator: The indicator.
        grain: Length of its periods where it is not listed.
    """
    own = records(signals[signals["indicator"].to_numpy() == indicator])
    listed = [row for row in own if is_listed(row)]
    if listed:
        return min(listed, key=_weakness)
    return next(
        (
            row
            for row in own
            if row["period_grain"] == grain and row["dimension"] == NATIONAL and row["is_headline"]
        ),
        None,
    )


def _weakness(row: Row) -> tuple[float, bool, bool, str]:
    """Of equally strong ones the country's, by its headline measure."""
    is_member = row["dimension"] != NATIONAL
    return -float(row["evidence"]), is_member, not row["is_headline"], str(row["series_id"])


def is_listed(signal: Mapping[str, Any]) -> bool:
    """Whether a signal stands on the list for discussion."""
    return not pd.isna(signal["discussion_rank"])


def is_drawn_only(signal: Mapping[str, Any]) -> bool:
    """Whether a rule flags the last point and the signal is not listed all the same."""
    return signal["rule"] != "none" and not is_listed(signal)


def figure(signal: Mapping[str, Any], words: Words) -> str:
    """Write the figure a signal is about with its period: `K3 2026: 35,0 dagen`."""
    return words.text(
        "signal.figure",
        period=formats.period(str(signal["period"]), words),
        value=_value(signal, "value", words),
    )


def newest(signal: Mapping[str, Any], words: Words) -> str:
    """Say the newest figure where the signal is of an earlier period; empty where it is not."""
    period = text_of(signal, "newest_period")
    if not text_of(signal, "moved") or not period or period == signal["period"]:
        return ""
    key = "signal.newest" if signal["is_confirmed"] else "signal.newest.unconfirmed"
    return words.text(
        key, period=formats.period(period, words), value=_value(signal, "newest_value", words)
    )


def still_changes(signal: Mapping[str, Any], results: pd.DataFrame, words: Words) -> str:
    """Say of the figures a signal names which can still change, and between which values.

    Args:
        signal: A row of `signal`.
        results: Figures in the long contract, of its indicator at least.
        words: The language.
    """
    own = figures_under(signal, results[results["provisional_lower"].notna()])
    named = {str(signal["period"]), text_of(signal, "newest_period")}
    said = [
        words.text("signal.can_change", period=formats.period(figure.period, words), change=change)
        for figure in figures(own[own["period"].isin(named)], fill_gaps=False)
        if (change := change_of(figure, words))
    ]
    return " ".join(said)


def figures_under(signal: Mapping[str, Any], results: pd.DataFrame) -> pd.DataFrame:
    """Return the figures of the series of a signal.

    Args:
        signal: A row of `signal`.
        results: Figures in the long contract, of its indicator at least.
    """
    own = results[results["clock"] == "gross"]
    for key in _OF_SERIES:
        own = own[own[key] == signal.get(key)]
    return of_length(own, str(signal["period_grain"]))


def measure(signal: Mapping[str, Any], words: Words) -> str:
    """Name what a signal is about: `Mediaan per kwartaal`."""
    return words.text(
        "signal.measure",
        measure=words.name("statistic", str(signal["statistic"])),
        grain=words.name("grain", str(signal["period_grain"])).lower(),
    )


def reason(signal: Mapping[str, Any], words: Words) -> str:
    """Say in one sentence why a series stands out, or why it has no limits."""
    code = str(signal["reason"])
    if signal["chart"] == "none":
        return words.text(f"signal.reason.{code}")
    blanks = {
        "period": formats.period(str(signal["period"]), words),
        "since": formats.period(text_of(signal, "since") or str(signal["period"]), words),
        "n": int(signal["n_run"]) if formats.is_number(signal["n_run"]) else 0,
        "value": _value(signal, "value", words),
        "centre": _value(signal, "centre", words),
        "lower": _value(signal, "lower", words),
        "upper": _value(signal, "upper", words),
    }
    way = text_of(signal, "moved")
    of_chart = _REASONS_OF_CHART.get(str(signal["chart"]), "")
    key = f"signal.reason{of_chart}.{code}"
    return words.text(f"{key}.{way}" if way else key, **blanks)


def state(signal: Mapping[str, Any], words: Words) -> str:
    """Say in words what the icon of a series says where its indicator is not told on the list."""
    if signal["chart"] == "none":
        return words.text(f"signal.reason.{signal['reason']}")
    if is_drawn_only(signal):
        return words.text("signal.drawn_only")
    return words.text(f"signal.variation.{text_of(signal, 'variation')}")


def verdict(signal: Mapping[str, Any], words: Words) -> str:
    """Say what kind of change a charted series shows, and why."""
    kind = words.text(f"signal.variation.{text_of(signal, 'variation')}")
    return formats.sentence(f"{kind}: {reason(signal, words)}")


# What makes false alarms more frequent.
_OF_SHAPE = frozenset({"alike_points", "lopsided_points", "clumped_events"})
# What the page of the series says, and a list need not repeat at every line.
_OF_THE_PAGE = frozenset({"missing_period", "still_followed", "few_at_start"}) | _OF_SHAPE


def caveats(signal: Mapping[str, Any], words: Words, *, brief: bool = False) -> list[str]:
    """Return what must be said beside a signal; `brief` leaves out what its own page says."""
    if signal["chart"] == "none":
        return []
    codes = [code for code in text_of(signal, "warnings").split("|") if code]
    codes = [code for code in codes if not brief or code not in _OF_THE_PAGE]
    beside = [newest(signal, words), *(words.text(f"signal.warning.{code}") for code in codes)]
    return [caveat for caveat in beside if caveat]


def assurance(signal: Mapping[str, Any], words: Words) -> str:
    """Say where a measure lies beside its norm as long as nothing changes; empty without limits.

    A norm names no share of cases that should be within it, so nothing says that it is met: a
    median that stays within it leaves room for nearly half of the cases beyond.
    """
    key = f"signal.assurance.{text_of(signal, 'assurance')}"
    if key not in words.texts:
        return ""
    return words.text(key, measure=words.name("statistic", str(signal["statistic"])))


def not_listed(signal: Mapping[str, Any], spoken: Mapping[str, Any] | None, words: Words) -> str:
    """Say of a signal that is drawn and not listed where its indicator stands; empty of others.

    Args:
        signal: A row of `signal`.
        spoken: The row its indicator is spoken of by, from `spoken_of`.
        words: The language.
    """
    if not is_drawn_only(signal):
        return ""
    if spoken is not None and is_listed(spoken):
        return words.text("signal.listed_otherwise", measure=measure(spoken, words))
    return words.text("signal.not_listed")


def false_alarm(signal: Mapping[str, Any], words: Words) -> str:
    """Say how often such a series signals when nothing changes; empty where it is not known."""
    rate = signal.get("false_alarm_rate")
    if rate is None or not formats.is_number(rate):
        return ""
    percentage = 100 * float(rate)
    if _OF_SHAPE.isdisjoint(text_of(signal, "warnings").split("|")):
        return words.text("signal.false_alarm", n=formats.number(percentage, words, 1))
    return words.text("signal.false_alarm.shape", n=formats.number(percentage, words))


def _value(signal: Mapping[str, Any], column: str, words: Words) -> str:
    cell, unit = signal[column], unit_of(signal)
    if not formats.is_number(cell):
        return "–"
    # A limit is not cut off at 0 or 100%, where no figure can lie beyond; a sentence is.
    most = 1.0 if unit == "share" else float("inf")
    return formats.with_unit(min(max(float(cell), 0.0), most), unit, words)


def unit_of(row: Mapping[str, Any]) -> str:
    """Return the unit of the figures of a series; whatever its clock, a share is a share."""
    is_share = str(row["statistic"]).startswith(("share", "cumulative_incidence", "matched"))
    return "share" if is_share else str(row["unit"])
