"""Dutch words for what stands in a published file, where the pipeline itself has to write them.

Here: the sentences of the reader's texts (`pipelines/wording/texts/nl.yaml`, their one home) filled
in with numbers in Dutch form.
Not here: which sentences a document holds (`pack`).
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipelines.indicators.periods import MONTHS_NL

_TEXTS = Path(__file__).resolve().parents[1] / "wording" / "texts" / "nl.yaml"
# Why the audience does not get a figure.
NOT_SHOWN: Mapping[str, str] = {
    "suppressed": "te klein om te tonen",
    "withheld": "niet bruikbaar",
    "not_delivered": "niet geleverd",
}
_WHOLE_FROM = 100
_COUNTS = frozenset(
    {"cases", "persons", "count", "records", "measures", "recommendations", "findings"}
)
# Units of elapsed time in seconds, from coarse to fine, as the dashboard has them (`formats`).
_SECONDS = {"days": 86_400, "hours": 3_600, "minutes": 60, "seconds": 1}
_SHARES = ("share", "cumulative_incidence", "matched")


@cache
def texts() -> Mapping[str, str]:
    """The reader's texts in Dutch."""
    found: dict[str, str] = yaml.safe_load(_TEXTS.read_text(encoding="utf-8"))
    return found


def name(group: str, code: str) -> str:
    """The name of a code, such as a statistic; the code itself where it has none."""
    return texts().get(f"{group}.{code}", code.replace("_", " "))


def period(code: str) -> str:
    """`2026-Q1` as K1 2026, `2026-03` as maart 2026."""
    year, _, part = code.partition("-")
    if part.startswith("Q"):
        return f"K{part[1:]} {year}"
    return f"{MONTHS_NL[int(part) - 1]} {year}" if part else year


def fitting(unit: str, typical: float) -> tuple[float, str]:
    """By what a length is multiplied to be in the unit that fits its size, and that unit.

    Args:
        unit: Unit of the length; one that is no elapsed time, such as working days, stays.
        typical: The length; 1 or more fits, and none at all says nothing.
    """
    if unit not in _SECONDS or not 0 < typical < 1:
        return 1.0, unit
    seconds = typical * _SECONDS[unit]
    shown = next((one for one, size in _SECONDS.items() if size <= seconds), "seconds")
    return _SECONDS[unit] / _SECONDS[shown], shown


def quantity(value: float | None, unit: str) -> str:
    """A value with its unit in Dutch form; a share as a percentage."""
    if value is None:
        return "–"
    # A limit is not cut off at 0 or 100%, where no figure can lie beyond; a sentence is.
    value = max(value, 0.0)
    if unit == "share":
        return f"{100 * min(value, 1.0):.0f}%"
    factor, unit = fitting(unit, value)
    value *= factor
    decimals = 0 if unit in _COUNTS or abs(value) >= _WHOLE_FROM else 1
    number = f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))
    return f"{number} {name('unit', unit)}".strip()


def reason(signal: Mapping[str, Any]) -> str:
    """Why a charted series stands out, in one sentence; see the texts `signal.reason`.

    Args:
        signal: A row of the published table `signal`.
    """
    unit = _unit_of(signal)
    of_changes = ".changes" if signal["chart"] == "xmr_of_changes" else ""
    way = f".{signal['moved']}" if signal["moved"] else ""
    sentence = texts()[f"signal.reason{of_changes}.{signal['reason']}{way}"]
    return sentence.format(
        period=period(str(signal["period"])),
        since=period(str(signal["since"] or signal["period"])),
        n=signal["n_run"] or 0,
        **{one: quantity(signal[one], unit) for one in ("value", "centre", "lower", "upper")},
    )


def newest(signal: Mapping[str, Any]) -> str:
    """The newest figure where a signal is of an earlier period, and whether it still supports it.

    Args:
        signal: A row of the published table `signal`.
    """
    if not signal["moved"] or signal["newest_period"] in {None, signal["period"]}:
        return ""
    key = "signal.newest" if signal["is_confirmed"] else "signal.newest.unconfirmed"
    return texts()[key].format(
        period=period(str(signal["newest_period"])),
        value=quantity(signal["newest_value"], _unit_of(signal)),
    )


def _unit_of(signal: Mapping[str, Any]) -> str:
    is_share = str(signal["statistic"]).startswith(_SHARES)
    return "share" if is_share else str(signal["unit"])


def measure(signal: Mapping[str, Any]) -> str:
    """What a signal is about: `Mediaan per kwartaal`."""
    return texts()["signal.measure"].format(
        measure=name("statistic", str(signal["statistic"])),
        grain=name("grain", str(signal["period_grain"])).lower(),
    )
