"""The codebook in all its versions, and the series of themes that can be compared across them.

Here: which theme counts when, which themes of different versions make one comparable series, and
the refusal of a codebook whose versions do not fit together.
Not here: coded evaluations (`prevalence`), the texts of a theme beyond its label.

A *series* is what a chart shows: a comparable group of themes over all versions (an evaluation
counts once when any of the group was found), or one theme of a larger group over the versions it
was in. A theme that did not exist yet has no series, never a zero: so a split neither makes the old
theme fade nor the new ones emerge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pandas as pd

OPEN_END = date(9999, 12, 31)
_ALL_VERSIONS = {"nl": "alle versies", "en": "all versions"}


class CodebookError(ValueError):
    """Versions of the codebook do not fit together; the message names the theme and the remedy."""


@dataclass(frozen=True)
class Theme:
    """One definition of one theme.

    Attributes:
        code: The theme.
        version: Version of the codebook in which this definition came in.
        group: Comparable group; the code itself when it stands alone.
        facet: Facet of the work system.
        label_nl: Label in Dutch.
        label_en: Label in English.
        valid_from: First day.
        valid_to: Last day; `OPEN_END` while it holds.
    """

    code: str
    version: int
    group: str
    facet: str
    label_nl: str
    label_en: str
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class Series:
    """Themes that make one series.

    Attributes:
        code: Comparable group, or theme.
        label_nl: Label in Dutch.
        label_en: Label in English.
        facet: Facet of the work system.
        group: Comparable group it belongs to.
        is_group: More than one theme counts in it.
        themes: Themes that count, by version of the codebook; a version without has no entry.
        started_on: First day on which it can be found.
        ended_on: Last day; None while it can be.
        breaks: Days on which other themes began to count.
    """

    code: str
    label_nl: str
    label_en: str
    facet: str
    group: str
    is_group: bool
    themes: Mapping[int, frozenset[str]]
    started_on: date
    ended_on: date | None
    breaks: tuple[date, ...]

    @property
    def indicator(self) -> str:
        """Its identifier in the register of indicators."""
        return f"theme_{self.code}"


@dataclass(frozen=True)
class Codebook:
    """All definitions, and how themes went over into others."""

    themes: tuple[Theme, ...]
    versions: Mapping[int, date]

    @classmethod
    def from_frames(cls, themes: pd.DataFrame, mapping: pd.DataFrame) -> "Codebook":
        """Read the seeds and check that they fit together.

        Args:
            themes: Rows of `codebook`.
            mapping: Rows of `codebook_mapping`.

        Raises:
            CodebookError: Versions overlap, a mapping dangles, or a theme ends or joins a group
                without a mapping.
        """
        read = tuple(
            Theme(
                str(row["theme"]),
                int(row["version"]),
                str(row["comparable_group"]),
                str(row["facet"]),
                str(row["label_nl"]),
                str(row["label_en"]),
                pd.Timestamp(row["valid_from"]).date(),
                OPEN_END if pd.isna(row["valid_to"]) else pd.Timestamp(row["valid_to"]).date(),
            )
            for row in themes.to_dict("records")
        )
        codebook = cls(read, _versions(read))
        _check_validity(codebook)
        _check_mapping(codebook, mapping)
        return codebook

    def in_force(self, version: int) -> tuple[Theme, ...]:
        """Definitions coders use in a version, in the order written."""
        day = self.versions[version]
        return tuple(
            theme
            for theme in self.themes
            if theme.version <= version and theme.valid_from <= day <= theme.valid_to
        )

    @property
    def series(self) -> tuple[Series, ...]:
        """Every series: the comparable groups in the order written, then parts of groups."""
        groups = dict.fromkeys(theme.group for theme in self.themes)
        members = {
            group: dict.fromkeys(theme.code for theme in self.themes if theme.group == group)
            for group in groups
        }
        made = [
            self._series(group, group, is_group=len(members[group]) > 1, code=None)
            for group in groups
        ]
        made += [
            self._series(code, group, is_group=False, code=code)
            for group in groups
            if len(members[group]) > 1
            for code in members[group]
            if code not in groups
        ]
        return tuple(made)

    def _series(self, name: str, group: str, *, is_group: bool, code: str | None) -> Series:
        by_version = {
            version: frozenset(
                theme.code
                for theme in self.in_force(version)
                if theme.group == group and code in {None, theme.code}
            )
            for version in self.versions
        }
        themes = {version: codes for version, codes in by_version.items() if codes}
        known = [
            theme for theme in self.themes if theme.group == group and code in {None, theme.code}
        ]
        named = [theme for theme in known if theme.code == name] or known
        latest = max(named, key=lambda theme: theme.version)
        order = sorted(themes)
        suffix = {key: f" ({text})" if is_group else "" for key, text in _ALL_VERSIONS.items()}
        last = max(theme.valid_to for theme in known)
        return Series(
            name,
            latest.label_nl + suffix["nl"],
            latest.label_en + suffix["en"],
            latest.facet,
            group,
            is_group,
            themes,
            min(theme.valid_from for theme in known),
            None if last == OPEN_END else last,
            tuple(
                self.versions[after]
                for before, after in pairwise(order)
                if themes[before] != themes[after]
            ),
        )


def _versions(themes: tuple[Theme, ...]) -> dict[int, date]:
    """First day of every version, in order."""
    starts: dict[int, date] = {}
    for theme in sorted(themes, key=lambda each: each.version):
        start = starts.setdefault(theme.version, theme.valid_from)
        if start != theme.valid_from:
            raise CodebookError(
                f"codebook: thema '{theme.code}' van versie {theme.version} geldt vanaf "
                f"{theme.valid_from}, de versie vanaf {start}; geef alle rijen van een versie "
                "dezelfde eerste dag"
            )
    days = list(starts.values())
    if days != sorted(set(days)):
        raise CodebookError("codebook: een latere versie begint niet later; zet valid_from goed")
    return starts


def _check_validity(codebook: Codebook) -> None:
    ends = {start - timedelta(days=1) for start in codebook.versions.values()}
    by_code: dict[str, list[Theme]] = {}
    for theme in codebook.themes:
        by_code.setdefault(theme.code, []).append(theme)
        if theme.valid_to != OPEN_END and theme.valid_to not in ends:
            raise CodebookError(
                f"codebook: thema '{theme.code}' eindigt op {theme.valid_to}, midden in een "
                "versie; laat het eindigen op de dag voor een nieuwe versie"
            )
    for code, rows in by_code.items():
        rows.sort(key=lambda theme: theme.version)
        for earlier, later in pairwise(rows):
            if earlier.valid_to >= later.valid_from:
                raise CodebookError(
                    f"codebook: thema '{code}' heeft op {later.valid_from} twee definities; "
                    f"vul valid_to van versie {earlier.version}"
                )


def _check_mapping(codebook: Codebook, mapping: pd.DataFrame) -> None:
    links: dict[str, set[str]] = {}
    leaves: set[tuple[str, int]] = set()
    for row in mapping.to_dict("records"):
        version, source = int(row["version"]), str(row["from_theme"])
        target = None if pd.isna(row["to_theme"]) else str(row["to_theme"])
        _check_ends(codebook, source, target, version)
        leaves.add((source, version))
        if target is not None:
            links.setdefault(source, set()).add(target)
            links.setdefault(target, set()).add(source)
    starts = {start: version for version, start in codebook.versions.items()}
    for theme in codebook.themes:
        following = (
            starts.get(theme.valid_to + timedelta(days=1)) if theme.valid_to < OPEN_END else 0
        )
        if following and (theme.code, following) not in leaves:
            raise CodebookError(
                f"codebook: thema '{theme.code}' eindigt met versie {following}; zeg in "
                "codebook_mapping waarin het overgaat, of met relation 'end' dat het vervalt"
            )
        group = {other.code for other in codebook.themes if other.group == theme.group} - {
            theme.code
        }
        if group and not group & links.get(theme.code, set()):
            raise CodebookError(
                f"codebook: thema '{theme.code}' telt mee in '{theme.group}' zonder koppeling met "
                "een thema daarvan; voeg een rij toe aan codebook_mapping"
            )


def _check_ends(codebook: Codebook, source: str, target: str | None, version: int) -> None:
    name = f"codebook_mapping: van '{source}' naar '{target or '–'}' in versie {version}"
    if version not in codebook.versions:
        raise CodebookError(f"{name}: deze versie staat niet in codebook; voeg haar rijen toe")
    before = [earlier for earlier in codebook.versions if earlier < version]
    if not before or source not in {theme.code for theme in codebook.in_force(max(before))}:
        raise CodebookError(f"{name}: '{source}' gold in de vorige versie niet; schrap de rij")
    if target is not None and target not in {theme.code for theme in codebook.in_force(version)}:
        raise CodebookError(
            f"{name}: '{target}' geldt in die versie niet; voeg het toe aan codebook of schrap "
            "de rij"
        )
