"""What goes wrong between what happened and what an organisation has on record.

Here: faults in records, each injected at its declared rate and written down. Not here: faults of
deliveries (late, partial, corrected, duplicated), which `deliveries` plans, and coarse dates,
which AIVD and MIVD deliver by contract.
"""

from dataclasses import dataclass

import numpy as np

from pipelines.simulation.chronicle import NEVER, Chronicle, Revision, Table
from pipelines.simulation.draws import happens, lead
from pipelines.simulation.moments import HOUR, Mask, Moments, Whole, start_of_day, whole_seconds

# Moments recorded by the receiver of a two-sided hand-off. "Row" where the moment is the reason
# the row exists: then the whole row is missing.
RECEIVED: tuple[tuple[str, str, bool], ...] = (
    ("om_casus", "gemeld_op", False),
    ("om_casus", "gezag_aanvaard_op", False),
    ("om_maatregel", "advies_ontvangen_op", False),
    ("om_oordeel", "ontvangen_op", True),
    ("om_dreigingsniveau", "product_ontvangen_op", True),
    ("nctv_triage", "ontvangen_op", False),
    ("nctv_dossier", "ontvangen_op", True),
    ("nctv_escalatie", "opgeworpen_op", True),
    ("nctv_besluit", "advies_ontvangen_op", False),
    ("nctv_dreigingsniveau", "product_ontvangen_op", True),
    ("politie_basisteam", "verwijzing_ontvangen_op", False),
    ("politie_basisteam", "terugverwijzing_ontvangen_op", False),
    ("politie_intake", "opdracht_ontvangen_op", False),
    ("politie_inzet", "gestart_op", False),
    ("politie_signaal", "ontvangen_gezag_op", False),
    ("kmar_inzet", "gestart_op", False),
    ("kmar_signaal", "ontvangen_gezag_op", False),
    ("aivd_signaal", "ontvangen_gezag_op", False),
    ("lcc_advies", "opdracht_ontvangen_op", False),
)
SENT: tuple[tuple[str, str, bool], ...] = (
    ("politie_melding", "gemeld_om_op", False),
    ("politie_advies", "opgeleverd_op", False),
    ("politie_product", "geleverd_op", False),
    ("politie_signaal", "doorgegeven_op", False),
    ("kmar_product", "geleverd_op", False),
    ("kmar_signaal", "doorgegeven_op", False),
    ("aivd_product", "geleverd_op", False),
    ("aivd_signaal", "doorgegeven_op", False),
    ("om_intake", "verzonden_op", False),
    ("om_dossier", "verzonden_op", True),
    ("om_escalatie", "opgeworpen_op", True),
    ("om_casus", "noodverzoek_op", False),
    ("nctv_triage", "oordeel_verzonden_op", False),
    ("nctv_terugverwijzing", "verwezen_op", False),
    ("nctv_terugverwijzing", "gezag_teruggegeven_op", False),
    ("lcc_advies", "opgeleverd_op", False),
    ("lcc_maatregel", "gestart_op", False),
)
# Table, start, stop.
SPANS: tuple[tuple[str, str, str], ...] = (
    ("politie_melding", "ontvangen_op", "bekend_rccb_op"),
    ("politie_melding", "bekend_rccb_op", "gewogen_op"),
    ("politie_intake", "opdracht_ontvangen_op", "opgesteld_op"),
    ("politie_product", "gevraagd_op", "geleverd_op"),
    ("kmar_product", "gevraagd_op", "geleverd_op"),
    ("om_intake", "ondertekend_op", "verzonden_op"),
    ("om_maatregel", "advies_gevraagd_op", "besloten_op"),
    ("nctv_triage", "ontvangen_op", "oordeel_verzonden_op"),
    ("nctv_aanwijzing", "aangewezen_op", "uitgestroomd_op"),
    ("nctv_besluit", "advies_ontvangen_op", "besloten_op"),
    ("lcc_maatregel", "gestart_op", "beeindigd_op"),
)
DAY_LEVEL: tuple[tuple[str, str], ...] = (
    ("politie_melding", "gewogen_op"),
    ("om_casus", "besluit_op"),
    ("om_intake", "verzonden_op"),
    ("om_dossier", "verzonden_op"),
    ("nctv_triage", "oordeel_op"),
    ("nctv_besluit", "besloten_op"),
    ("lcc_advies", "opgeleverd_op"),
)
SECOND_PSEUDONYM_ORGANISATION = "politie"


@dataclass(frozen=True)
class Fault:
    """One injected fault: rows of a table and the column concerned (empty: the whole row)."""

    kind: str
    table: str
    column: str
    rows: Whole
    before: Moments
    after: Moments


class _Spoiler:
    """Spoils copies of the tables and remembers every fault; no moment is spoiled twice."""

    def __init__(self, chronicle: Chronicle) -> None:
        self.rates = chronicle.config.faults
        self.rng = chronicle.config.generator("faults")
        self.end = chronicle.end
        self.tables: dict[str, Table] = {
            name: table.copy() for name, table in chronicle.tables.items()
        }
        self.faults: list[Fault] = []
        self._spoiled: dict[tuple[str, str], Mask] = {}

    def draw(self, name: str, column: str, rate: float, also: Mask | None = None) -> Whole:
        """Rows with a recorded, unspoiled moment, each chosen at the rate."""
        table = self.tables[name]
        eligible = (table.columns[column].known < self.end) & ~self.spoiled(name, column)
        if also is not None:
            eligible &= also
        return np.flatnonzero(eligible & (happens(self.rng, len(table), rate)))

    def spoiled(self, name: str, column: str) -> Mask:
        return self._spoiled.setdefault((name, column), np.zeros(len(self.tables[name]), bool))

    def replace(self, kind: str, name: str, column: str, rows: Whole, values: Moments) -> None:
        """Put other moments in place; NaN leaves the cell empty."""
        target = self.tables[name].columns[column]
        values = whole_seconds(values)
        self.note(kind, name, column, rows, target.values[rows], values)
        target.values[rows] = values
        target.known[rows[np.isnan(values)]] = NEVER
        self.spoiled(name, column)[rows] = True

    def remove(self, kind: str, name: str, rows: Whole) -> None:
        """Leave whole rows out."""
        table = self.tables[name]
        nothing = np.full(len(rows), np.nan)
        self.note(kind, name, "", rows, table.created[rows], nothing)
        table.created[rows] = NEVER
        for column in table.columns:
            self.spoiled(name, column)[rows] = True

    def note(
        self, kind: str, name: str, column: str, rows: Whole, before: Moments, after: Moments
    ) -> None:
        if len(rows):
            self.faults.append(Fault(kind, name, column, rows, before.copy(), after))


def spoil(chronicle: Chronicle) -> tuple[dict[str, Table], list[Fault]]:
    """Inject every fault of records at its declared rate.

    Returns:
        The tables as the organisations have them on record, and every fault.
    """
    spoiler = _Spoiler(chronicle)
    _lose_one_side(spoiler, "sent_never_received", RECEIVED, spoiler.rates.sent_never_received)
    _lose_one_side(spoiler, "received_never_sent", SENT, spoiler.rates.received_never_sent)
    _stop_before_start(spoiler)
    _day_level(spoiler)
    _reopen(spoiler)
    _second_pseudonym(spoiler)
    _withdraw(spoiler)
    return spoiler.tables, spoiler.faults


def _lose_one_side(
    spoiler: _Spoiler, kind: str, places: tuple[tuple[str, str, bool], ...], rate: float
) -> None:
    for name, column, is_row in places:
        rows = spoiler.draw(name, column, rate)
        if is_row:
            spoiler.remove(kind, name, rows)
        else:
            spoiler.replace(kind, name, column, rows, np.full(len(rows), np.nan))


def _stop_before_start(spoiler: _Spoiler) -> None:
    for name, start, stop in SPANS:
        columns = spoiler.tables[name].columns
        both = (columns[start].known < spoiler.end) & ~spoiler.spoiled(name, start)
        rows = spoiler.draw(name, stop, spoiler.rates.stop_before_start, both)
        earlier = columns[start].values[rows] - lead(spoiler.rng, 1.2, 0.7, len(rows)) - HOUR
        spoiler.replace("stop_before_start", name, stop, rows, earlier)


def _day_level(spoiler: _Spoiler) -> None:
    for name, column in DAY_LEVEL:
        rows = spoiler.draw(name, column, spoiler.rates.day_level_timestamp)
        values = spoiler.tables[name].columns[column].values[rows]
        spoiler.replace("day_level_timestamp", name, column, rows, start_of_day(values))


def _reopen(spoiler: _Spoiler) -> None:
    """A decision to do nothing is overwritten months later by another one."""
    table = spoiler.tables["om_casus"]
    decided, decision = table.columns["besluit_op"], table.columns["besluit_soort"]
    # The rate is of all decisions; only those that decided nothing can be reopened.
    settled = decided.known < spoiler.end
    nothing = settled & (decision.values == "geen")
    rate = spoiler.rates.reopened * settled.sum() / max(int(nothing.sum()), 1)
    rows = spoiler.draw("om_casus", "besluit_op", rate, nothing)
    again = whole_seconds(decided.values[rows] + lead(spoiler.rng, 60.0, 0.4, len(rows)))
    rows, again = rows[again < spoiler.end], again[again < spoiler.end]
    for name, column in (("besluit_op", decided), ("besluit_soort", decision)):
        table.revisions.append(
            Revision(name, rows, column.values[rows].copy(), column.known[rows].copy(), again)
        )
    decision.values[rows] = "lokale_maatregelen"
    decision.known[rows] = again
    spoiler.replace("reopened", "om_casus", "besluit_op", rows, again)
    decided.known[rows] = again


def _cases(spoiler: _Spoiler, rate: float) -> Whole:
    """Cases on record at OM, each chosen at the rate."""
    case = spoiler.tables["om_casus"].case
    return case[happens(spoiler.rng, len(case), rate)]


def _second_pseudonym(spoiler: _Spoiler) -> None:
    """One organisation delivers the case under another pseudonym than the others."""
    chosen = _cases(spoiler, spoiler.rates.second_pseudonym)
    for name, table in spoiler.tables.items():
        if name.startswith(f"{SECOND_PSEUDONYM_ORGANISATION}_"):
            rows = np.flatnonzero(np.isin(table.case, chosen) & (table.created < spoiler.end))
            table.is_second_pseudonym[rows] = True
            nothing = np.full(len(rows), np.nan)
            spoiler.note("second_pseudonym", name, "zaak_sleutel", rows, nothing, nothing)


def _withdraw(spoiler: _Spoiler) -> None:
    """All organisations withdraw a case: change files say so, snapshots no longer hold it."""
    chosen = _cases(spoiler, spoiler.rates.withdrawn)
    opened = spoiler.tables["om_casus"]
    # One element more than there are cases: case -1 reads the last one, which is never.
    last = max(int(table.case.max(initial=0)) for table in spoiler.tables.values())
    at = np.full(last + 2, NEVER)
    first = np.full(len(at), NEVER)
    first[opened.case] = opened.created
    at[chosen] = whole_seconds(first[chosen] + lead(spoiler.rng, 70.0, 0.5, len(chosen)))
    for name, table in spoiler.tables.items():
        moment = at[table.case]
        rows = np.flatnonzero((moment < spoiler.end) & (table.created < spoiler.end))
        spoiler.note("withdrawn", name, "", rows, np.full(len(rows), np.nan), moment[rows])
        table.withdrawn[rows] = np.minimum(table.withdrawn[rows], moment[rows])
