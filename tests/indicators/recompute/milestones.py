"""Milestones, read again from what the delivered files say.

Here: the observable layer of the truth ledger (one typed Parquet file per delivered table, Dutch
column names) turned into one long table of moments, with the milestones that follow from several
rows worked out from the rule their description states.
Not here: hand-offs (`handoffs`) and figures (`figures`). Nothing of `pipelines` or `dbt_project` is
imported, on purpose: what is shared cannot check. Seeds are read as data.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

AMSTERDAM = "Europe/Amsterdam"
CASE, PERSON = "zaak_sleutel", "persoon_sleutel"
COLUMNS = ["milestone", "organisation", "case_key", "person_key", "record_key"]
COLUMNS += ["moment", "latest", "granularity"]

Tables = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Day:
    """A reference date: cases as they stood at the end of this day in Amsterdam."""

    date: date

    @property
    def midnight(self) -> pd.Timestamp:
        """The day itself, without time zone."""
        return pd.Timestamp(self.date)

    @property
    def end(self) -> pd.Timestamp:
        """First moment that is no longer known, in UTC."""
        return (self.midnight + pd.Timedelta(days=1)).tz_localize(AMSTERDAM).tz_convert("UTC")


def read_tables(ledger: Path) -> Tables:
    """The observable layer: `om_casus` and so on, and `deliveries`, which lists the files."""
    paths = sorted((ledger / "observable").glob("*.parquet"))
    return {path.stem: pd.read_parquet(path) for path in paths}


def read_seed(seeds: Path, name: str) -> pd.DataFrame:
    """A seed as text; empty cells are missing."""
    return pd.read_csv(seeds / f"{name}.csv", dtype="string")


def to_utc(values: pd.Series) -> pd.Series:
    """Moments in UTC; a date is its midnight in Amsterdam."""
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return values.dt.tz_convert("UTC").astype("datetime64[us, UTC]")
    midnight = pd.to_datetime(values).astype("datetime64[us]")
    return midnight.dt.tz_localize(AMSTERDAM).dt.tz_convert("UTC")


def local_day(moments: pd.Series) -> pd.Series:
    """The day in Amsterdam, as midnight without time zone."""
    return moments.dt.tz_convert(AMSTERDAM).dt.tz_localize(None).dt.normalize()


def record_number(table: pd.DataFrame) -> pd.Series:
    """The number of the record; missing where the row is the case itself."""
    first = table.columns[0]
    if first.endswith("_nr"):
        return table[first].astype(object)
    return pd.Series(None, index=table.index, dtype=object)


def milestones(tables: Tables, seeds: Path, reference: Day) -> pd.DataFrame:
    """Every milestone that had happened by the reference date, recorded and derived.

    Columns: milestone, organisation, case_key, person_key, record_key, moment (start of the
    interval for a day, week or month), latest (its end; the moment itself for a timestamp),
    granularity.
    """
    homes = read_seed(seeds, "milestones")
    homes = homes[homes["is_derived"] == "false"]
    parts = [
        _column(tables[f"{home.organisation}_{home.table_name}"], home.organisation, home)
        for home in homes.itertuples()
    ]
    long = pd.concat([*parts, *_derived(tables, reference)], ignore_index=True)
    long = long[long["moment"] < reference.end].reset_index(drop=True)
    long["latest"] = long["latest"].clip(upper=reference.end)
    return long


def _column(table: pd.DataFrame, organisation: str, home: object) -> pd.DataFrame:
    return _rows(table, organisation, home.milestone, home.column_name, home.granularity)


def _rows(
    table: pd.DataFrame, organisation: str, milestone: str, column: str, granularity: str
) -> pd.DataFrame:
    """The filled cells of one column as milestones."""
    table = table[table[column].notna()]
    moment = to_utc(table[column])
    nothing = pd.Series(None, index=table.index, dtype=object)
    return pd.DataFrame(
        {
            "milestone": milestone,
            "organisation": organisation,
            "case_key": table.get(CASE, nothing),
            "person_key": table.get(PERSON, nothing),
            "record_key": record_number(table),
            "moment": moment,
            "latest": _interval_end(moment, granularity),
            "granularity": granularity,
        },
        columns=COLUMNS,
    )


def _interval_end(moment: pd.Series, granularity: str) -> pd.Series:
    if granularity == "timestamp":
        return moment
    step = {
        "day": pd.DateOffset(days=1),
        "week": pd.DateOffset(days=7),
        "month": pd.DateOffset(months=1),
    }[granularity]
    return to_utc(local_day(moment) + step)


def _derived(tables: Tables, reference: Day) -> list[pd.DataFrame]:
    reported, judged = tables["politie_melding"], tables["nctv_triage"]
    sent, reviews = tables["om_dossier"], tables["nctv_toetsing"]
    designations, advised = tables["nctv_aanwijzing"], tables["kc_aanbeveling"]
    # An evaluation has a row per theme and coder, and was held once.
    evaluations = tables["kc_evaluatie"].drop_duplicates("evaluatie_nr")
    left, kind = designations["uitgestroomd_op"], designations["uitstroom_soort"]
    return [
        _rows(
            reported[reported["weging"] == "ernstig"],
            *("politie", "weighing_serious", "gewogen_op", "timestamp"),
        ),
        _rows(
            reported[reported["weging"] == "niet_ernstig"],
            *("politie", "weighing_not_serious", "gewogen_op", "timestamp"),
        ),
        *(
            # Being kept informed between decisions answers no decision.
            _rows(
                informed[informed["besluit_op"].notna()],
                *(organisation, "person_informed_on_decision", "geinformeerd_op", "timestamp"),
            )
            for organisation, informed in (
                ("om", tables["om_informeren"]),
                ("nctv", tables["nctv_informeren"]),
            )
        ),
        _rows(
            judged[judged["oordeel"] == "niet_opgenomen"],
            *("nctv", "judgment_not_admitted", "oordeel_op", "timestamp"),
        ),
        _rows(
            sent[sent["volledig_eigen_toets"].astype(bool)],
            *("om", "dossier_sent_complete", "verzonden_op", "timestamp"),
        ),
        _rows(
            reviews[reviews["uitkomst"] == "afbouw"],
            *("nctv", "phase_out_decided", "gedaan_op", "day"),
        ),
        _rows(
            designations[designations["gezinsleden"] > 0],
            *("nctv", "person_designated_with_family", "aangewezen_op", "day"),
        ),
        _rows(
            designations[left.notna() & (kind == "afbouw")],
            *("nctv", "case_phased_out", "uitgestroomd_op", "day"),
        ),
        _rows(
            designations[left.notna() & (kind != "afbouw")],
            *("nctv", "case_exited_otherwise", "uitgestroomd_op", "day"),
        ),
        _rows(evaluations, "kc", "evaluation_due", "aanleiding_op", "day"),
        _rows(evaluations, "kc", "evaluation_held", "gehouden_op", "day"),
        _rows(
            advised[advised["status"] == "uitgebracht"],
            *("kc", "recommendation_issued", "status_op", "day"),
        ),
        _rows(
            advised[advised["status"] == "geverifieerd"],
            *("kc", "recommendation_verified", "status_op", "day"),
        ),
        *_measure_milestones(tables["lcc_maatregel"], reference),
    ]


# A measure that is replaced ("wijziging") or stopped by nobody's decision is no exit.
OTHER_EXITS = ("overlijden", "intrekking", "overdracht")


def _measure_milestones(measures: pd.DataFrame, reference: Day) -> list[pd.DataFrame]:
    """Per case: the first measure that ran, the first that ended to phase out, the last to end.

    The last end exists only once every measure that started has ended, some of them to phase out
    and none because the person left otherwise. What starts or ends after the reference date has to
    be left out first: a measure that ends tomorrow has not ended.
    """
    started, ended = to_utc(measures["gestart_op"]), to_utc(measures["beeindigd_op"])
    has_ended, reason = ended < reference.end, measures["reden_einde"]
    known = measures.assign(
        gestart_op=started.where(started < reference.end),
        beeindigd_op=ended.where(has_ended),
        loopt_nog=(started < reference.end) & ~has_ended,
        bouwt_af=has_ended & (reason == "afbouw"),
        gaat_anders=has_ended & reason.isin(OTHER_EXITS),
    )
    case = known.groupby(CASE)[["loopt_nog", "bouwt_af", "gaat_anders"]].transform("any")
    is_over = ~case["loopt_nog"] & case["bouwt_af"] & ~case["gaat_anders"]
    by_case = {
        "first_measure_started": (known, "gestart_op", "min", "timestamp"),
        "first_measure_ended": (known[known["bouwt_af"]], "beeindigd_op", "min", "day"),
        "last_measure_ended": (known[is_over], "beeindigd_op", "max", "day"),
    }
    parts = []
    for milestone, (table, column, which, granularity) in by_case.items():
        per_case = table.groupby(CASE, as_index=False).agg({column: which, PERSON: "first"})
        parts.append(_rows(per_case, "lcc", milestone, column, granularity))
    return parts
