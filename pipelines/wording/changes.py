"""What changed since the previous publication, in words and signed numbers.

Here: pure functions on rows of the published table of changes.
Not here: reading it, how it looks (`dashboard`). Nothing is computed:
parts are shown as published, and they add up there.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pipelines.wording import formats
from pipelines.wording.figures import OK, status_word
from pipelines.wording.language import Words
from pipelines.wording.rows import text_of

# In the order in which the pipeline exchanges them.
FACTORS = ("definition", "late", "correction", "merge", "period")
ABSENT = "absent"
# From here on a smaller difference is said to be smaller than this.
_MOST_DECIMALS = 3


def why_unexplained(state: str, note: str, words: Words) -> str:
    """Say why changes are not explained; the note names deliveries and models, for researchers."""
    text = words.text(f"change.state.{state or 'not_asked'}")
    return f"{text} ({note})" if note else text


def is_number(row: Mapping[str, Any]) -> bool:
    """Whether both figures are numbers, so that there is a difference."""
    return text_of(row, "kind") == "number"


def parts(row: Mapping[str, Any]) -> list[tuple[str, float]]:
    """Return the parts of a difference that are not zero: factor (or `joint`) and amount."""
    found = []
    for factor in FACTORS:
        part = row[f"part_{factor}"]
        if formats.is_number(part) and part:
            found.append((factor, float(part)))
    if text_of(row, "joint_factors"):
        found.append(("joint", float(row["part_joint"])))
    return found


def part_name(row: Mapping[str, Any], factor: str, words: Words) -> str:
    """Name the factor of a part; a joint part by all of its factors."""
    if factor != "joint":
        return words.text(f"change.factor.{factor}")
    each = [
        words.text(f"change.factor.{joint_factor}")
        for joint_factor in text_of(row, "joint_factors").split("|")
    ]
    return words.text("change.joint", factors=words.text("change.and").join(each))


def through(row: Mapping[str, Any], words: Words) -> str:
    """Say through what a figure changed: `+1,5 dagen door late leveringen; −1 dag door …`."""
    return "; ".join(part(row, factor, value, words) for factor, value in parts(row))


def part(row: Mapping[str, Any], factor: str, value: float, words: Words) -> str:
    """Say how much of a difference came through a factor, or through some jointly."""
    size = amount(value, text_of(row, "unit"), words)
    return words.text("change.part", amount=size, factor=part_name(row, factor, words))


def amount(value: float, unit: str, words: Words) -> str:
    """Write a difference with sign and unit, and enough decimals not to look like nothing."""
    is_share = unit in formats.SHARES
    shown = value * 100 if is_share else value
    decimals = 0 if unit in formats.COUNTS else 1
    while decimals < _MOST_DECIMALS and round(abs(shown), decimals) == 0:
        decimals += 1
    is_whole = float(round(shown, decimals)).is_integer()
    text = formats.number(abs(shown), words, 0 if is_whole else decimals)
    if round(abs(shown), decimals) == 0:
        text = f"<{formats.number(10**-_MOST_DECIMALS, words, _MOST_DECIMALS)}"
    sign = "+" if value > 0 else "−"
    name = words.text("change.points") if is_share else formats.unit_name(unit, words, abs(value))
    return f"{sign}{text} {name}".strip()


def ends(row: Mapping[str, Any], words: Words) -> tuple[str, str]:
    """Write the figure of the previous publication and the one of this.

    Two values that differ never look the same: then one decimal more is written.
    """
    before, after = (_end(row, which, words) for which in ("old", "new"))
    if before != after or not is_number(row):
        return before, after
    return _precise(row, "old", words), _precise(row, "new", words)


def happened(row: Mapping[str, Any], words: Words) -> str:
    """Say in words what happened to a figure that is no number before or after."""
    kind, cause = text_of(row, "kind"), text_of(row, "cause")
    before, after = text_of(row, "old_status"), text_of(row, "new_status")
    if kind == "appears":
        key = "change.appears" if before == ABSENT else "change.appears_from"
        text = words.text(key, status=_status(before, words))
    elif kind == "disappears":
        key = "change.disappears" if after == ABSENT else "change.disappears_to"
        text = words.text(key, status=_status(after, words))
    else:
        text = words.text(
            "change.status",
            before=_status(before, words),
            after=_status(after, words),
        )
    through = words.text("change.through", factor=words.text(f"change.factor.{cause}"))
    return f"{text} {through}" if cause else text


def sentence(rows: Sequence[Mapping[str, Any]], words: Words) -> str:
    """Say how many of some figures got another value, and what became of the first that did.

    Args:
        rows: Rows of `change`, in the order in which they are shown.
        words: The reader's language.
    """
    numbers = [row for row in rows if is_number(row)]
    if not numbers:
        return words.text("change.said.none")
    first = numbers[0]
    before, after = ends(first, words)
    newest = words.text(
        "change.said.newest",
        period=formats.period(text_of(first, "period"), words),
        measure=words.name("statistic", text_of(first, "statistic")),
        before=before,
        after=after,
        why=through(first, words),
    )
    n, of = (formats.number(len(each), words) for each in (numbers, rows))
    return f"{words.text('change.said', n=n, of=of)} {newest}"


def largest(rows: Iterable[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Return the row with the largest difference; among equals the first."""
    numbers = [row for row in rows if is_number(row)]
    return max(numbers, key=lambda row: abs(float(row["difference"])), default=None)


def _end(row: Mapping[str, Any], which: str, words: Words) -> str:
    status, value = text_of(row, f"{which}_status"), row[f"{which}_value"]
    if status == OK and formats.is_number(value):
        return formats.with_unit(float(value), text_of(row, "unit"), words)
    return _status(status, words)


def _precise(row: Mapping[str, Any], which: str, words: Words) -> str:
    """Write a value with as many decimals as its difference needs to show."""
    is_share = text_of(row, "unit") in formats.SHARES
    scale = 100 if is_share else 1
    difference = abs(float(row["difference"])) * scale
    decimals = 1
    while decimals < _MOST_DECIMALS and round(difference, decimals) == 0:
        decimals += 1
    value = float(row[f"{which}_value"]) * scale
    text = formats.number(value, words, decimals + (0 if is_share else 1))
    unit = "%" if is_share else f" {formats.unit_name(text_of(row, 'unit'), words)}"
    return f"{text}{unit}".strip()


def _status(status: str, words: Words) -> str:
    return words.text("change.absent") if status == ABSENT else status_word(status, words)
