"""Writes published files for the tests of the dashboard, in the schema the pipeline publishes.

Here: the columns of every published table, a writer that also sets the pointer, and a tiny
hand-made publication in which every status occurs once.
Not here: the large sample for looking at pages (`sample_publication`), and anything that computes.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from pipelines.disclosure.fitness import coarse_reasons
from pipelines.indicators.verdict import Reason, Verdict
from pipelines.publication.audiences import AUDIENCES
from pipelines.publication.recorded import record

Row = Mapping[str, Any]


def told(*reasons: Reason) -> str:
    """Reasons as the table `quality` holds them."""
    return Verdict("", reasons).told


# Column → type, per table: what a dashboard may count on.
SCHEMA: Mapping[str, str] = {
    "publication": """
        publication_id varchar, audience varchar, chain_name varchar, chain_label_nl varchar,
        chain_label_en varchar, reference_date date, known_at timestamptz, timezone varchar,
        built_at timestamptz, code_version varchar, content_hash varchar,
        is_synthetic boolean, previous_publication_id varchar, threshold bigint,
        rounding_base bigint""",
    "result": """
        indicator varchar, version varchar, statistic varchar, view varchar, clock varchar,
        side varchar, unit varchar, period_grain varchar, period varchar, dimension varchar,
        member varchar, numerator double, denominator double, value double, lower double,
        upper double, provisional_lower double, provisional_upper double, n_at_risk double,
        status varchar, reference_date date, known_at timestamptz""",
    "indicator": """
        indicator varchar, version varchar, valid_from date, kind varchar, family varchar,
        handoff_id varchar, phase varchar, label_nl varchar, label_en varchar, question_nl varchar,
        question_en varchar, why_nl varchar, why_en varchar, numerator_nl varchar,
        numerator_en varchar, denominator_nl varchar, denominator_en varchar, unit varchar,
        direction varchar, paragraph varchar, owner varchar,
        author varchar, checker varchar, next_review date, balancing_indicator varchar,
        dimensions varchar, is_generic boolean, norm_ids varchar, followed_until date,
        waits_for varchar, smallest_difference double, smallest_difference_nl varchar,
        smallest_difference_en varchar""",
    "handoff": """
        handoff_id varchar, phase varchar, label_nl varchar, label_en varchar,
        from_organisation varchar, to_organisation varchar, start_milestone varchar,
        stop_milestone varchar, competing_milestone varchar, sent_milestone varchar,
        received_milestone varchar, subject varchar, match_on varchar, occurrence varchar,
        unit varchar, clock_side varchar, population_dimension varchar,
        population_members varchar, dimensions varchar, tolerance_hours double,
        paragraph varchar, is_assumption boolean, from_label_nl varchar, from_label_en varchar,
        to_label_nl varchar, to_label_en varchar""",
    "norm": """
        norm_id varchar, handoff_id varchar, unit varchar, value double, source_nl varchar,
        source_en varchar, is_illustrative boolean, valid_from date, valid_to date""",
    "dimension_member": """
        dimension varchar, member varchar, label_nl varchar, label_en varchar,
        sort_order integer""",
    "organisation": """
        organisation varchar, label_nl varchar, label_en varchar, kind varchar, parent varchar,
        delivers boolean, sort_order integer""",
    "milestone": """
        milestone varchar, organisation varchar, table_name varchar, column_name varchar,
        granularity varchar, is_derived boolean""",
    "quality": """
        indicator varchar, badge varchar, reasons varchar,
        n_findings bigint, n_missing_deliveries bigint, n_late_deliveries bigint,
        suspected_missing_stops bigint""",
    "delivery": """
        organisation varchar, table_name varchar, reference_date date, version integer,
        status varchar, due_on date, received_on date, rows bigint,
        rows_quarantined bigint, sha256 varchar, contract_version varchar, is_used boolean""",
    "finding": """
        organisation varchar, table_name varchar, reference_date date, version integer,
        rule varchar, severity varchar, column_name varchar, n_rows bigint, n_total bigint,
        reason_nl varchar, reason_en varchar, is_accepted boolean, state varchar,
        is_resolved boolean""",
    "linkage": """
        key_kind varchar, "level" varchar, organisation_a varchar, table_a varchar,
        organisation_b varchar, table_b varchar, n_keys bigint, n_linked bigint""",
    "catalogue": "indicator varchar, is_without_threshold boolean, status varchar",
    "delivery_month": """
        organisation varchar, reference_date date, status varchar, on_time_pct integer""",
    "finding_month": """
        organisation varchar, reference_date date, severity varchar, reason_nl varchar,
        reason_en varchar, state varchar, is_resolved boolean""",
    "registration_share": """
        organisation varchar, is_at_once boolean, at_once_pct integer, median_lag_days integer""",
    "linkage_share": """
        key_kind varchar, organisation_a varchar, organisation_b varchar, linked_pct integer""",
    "registration": """
        organisation varchar, table_name varchar, period varchar, n_events bigint,
        n_first_due bigint, median_lag_days double""",
    "suspected_double": """
        key_kind varchar, key_a varchar, key_b varchar, ground varchar, place varchar,
        n_shared bigint, is_merged boolean""",
    "suspected_double_count": """
        key_kind varchar, ground varchar, is_merged boolean, n_pairs bigint""",
    "input": """
        organisation varchar, table_name varchar, reference_date date, version integer,
        sha256 varchar""",
    "theme_series": """
        series varchar, indicator varchar, comparable_group varchar, is_group boolean,
        label_nl varchar, label_en varchar, facet varchar, started_on date, ended_on date,
        breaks varchar, sort_order integer""",
    "theme": """
        theme varchar, version integer, comparable_group varchar, facet varchar, label_nl varchar,
        label_en varchar, definition_nl varchar, definition_en varchar, includes_nl varchar,
        includes_en varchar, excludes_nl varchar, excludes_en varchar, valid_from date,
        valid_to date""",
    "theme_mapping": """
        from_theme varchar, to_theme varchar, version integer, relation varchar, reason_nl varchar,
        reason_en varchar""",
    "theme_agreement": """
        series varchar, minimum_alpha double, verdict varchar""",
    "funnel": """
        indicator varchar, version varchar, statistic varchar, view varchar, clock varchar,
        side varchar, period_grain varchar, period varchar, dimension varchar, member varchar,
        target double, lower double, upper double, outer_lower double, outer_upper double,
        place varchar, n_members integer, spread varchar, ratio double, between double""",
    "theme_course": """
        series varchar, indicator varchar, basis varchar, moved varchar, period varchar,
        compared_with varchar, by_chance double""",
    "theme_cooccurrence": """
        period_grain varchar, period varchar, first varchar, second varchar, numerator double,
        denominator double, expected double, value double, lower double, upper double,
        association varchar, status varchar""",
    "experience_result": """
        wave varchar, respondent_group varchar, question varchar, statistic varchar, low double,
        high double, numerator double, denominator double, value double, lower double,
        upper double, status varchar""",
    "fct_handoff": """
        handoff_id varchar, subject_type varchar, subject_id varchar, case_key varchar,
        person_key varchar, record_key varchar, occurrence_number bigint, started_at timestamptz,
        stopped_at timestamptz, competing_at timestamptz, status varchar, unit varchar,
        duration double, followable double, norm_value double, norm_duration double,
        norm_followable double, net_status varchar, net_duration double, net_followable double,
        net_norm_duration double, net_norm_followable double, parket varchar,
        police_unit varchar, phenomenon varchar, route varchar, entry_way varchar, product varchar,
        organisation varchar, domain varchar, category varchar, executor varchar,
        escalation_step varchar, scenario varchar, start_month varchar, start_quarter varchar,
        start_year varchar""",
    "event_log": """
        "case:concept:name" varchar, "case:subject" varchar, "concept:name" varchar,
        "time:timestamp" timestamptz, "org:group" varchar, record_key varchar""",
    "decision": """
        record_key varchar, revision bigint, note_kind varchar, handoff_id varchar,
        indicator_id varchar, signal_id varchar, noted_on date, question varchar, note varchar,
        owner varchar, due_on date, outcome varchar, recorded_at timestamptz,
        first_recorded_at timestamptz, origin varchar, is_open boolean, is_overdue boolean""",
    "decision_revision": """
        record_key varchar, revision bigint, note_kind varchar, handoff_id varchar,
        indicator_id varchar, signal_id varchar, noted_on date, question varchar, note varchar,
        owner varchar, due_on date, outcome varchar, recorded_at timestamptz, origin varchar""",
    "recommendation": """
        record_key varchar, recommendation_source varchar, owner varchar, handoff_id varchar,
        theme varchar, recommendation_state varchar, issued_on date, due_on date, age_days integer,
        is_closed boolean, is_overdue boolean""",
    "recommendation_state": """
        record_key varchar, state_number integer, recommendation_state varchar, state_on date,
        reason varchar, finding varchar""",
    "effect": """
        subject varchar, record_key varchar, aim varchar, indicator varchar, since date,
        statistic varchar, view varchar, period_grain varchar, unit varchar, answer varchar,
        n_before integer, n_after integer, mean_before double, mean_after double,
        first_signal varchar, moves_easily boolean""",
    "change_basis": """
        state varchar, note varchar, previous_publication_id varchar,
        previous_reference_date varchar, previous_known_at timestamptz""",
    "change_factor": """
        position bigint, factor varchar, is_changed boolean, n_items bigint, items varchar""",
    # Numbers are decimals in a real file; the dashboard reads them as doubles.
    "change": """
        indicator varchar, statistic varchar, view varchar, clock varchar, side varchar,
        unit varchar, period_grain varchar, period varchar, dimension varchar, member varchar,
        kind varchar, old_status varchar, new_status varchar, old_value double, new_value double,
        difference double, part_definition double, part_late double, part_correction double,
        part_merge double, part_period double, joint_factors varchar, part_joint double,
        cause varchar""",
    "signal": """
        signal_id varchar, series_id varchar, indicator varchar, version varchar,
        statistic varchar, view varchar, side varchar, unit varchar, period_grain varchar,
        dimension varchar, member varchar, chart varchar, direction varchar, period varchar,
        since varchar, n_run bigint, n_points bigint, n_gaps bigint, variation varchar,
        rule varchar, moved varchar, assurance varchar, norm double, value double, centre double,
        lower double, upper double, is_provisional boolean, rebased_on date, warnings varchar,
        reason varchar, instead varchar, is_headline boolean, n_compared bigint,
        autocorrelation double, skewness double, dispersion double, false_alarm_rate double,
        p_value double, evidence double, difference double,
        newest_period varchar, newest_value double, is_confirmed boolean, item varchar,
        item_p_value double, item_strength varchar, strength varchar, discussion_rank bigint,
        expected_false double""",
    "signal_point": """
        series_id varchar, position bigint, period varchar, value double, centre double,
        lower double, upper double, near_lower double, near_upper double, rule varchar,
        moved varchar, variation varchar, is_rebase boolean""",
    "listing": "item varchar, listed_since date, is_since_known boolean",
    "rebase": """
        record_key varchar, day date, handoff_id varchar, indicator varchar, note varchar""",
    "table_hash": "table_name varchar, n_rows bigint, sha256 varchar",
    # As far as pages read them.
    "data_dictionary": """
        layer varchar, table_name varchar, column_name varchar, position bigint, data_type varchar,
        description varchar, source varchar
    """,
}
REFERENCE_DATE = date(2026, 10, 31)
KNOWN_AT = datetime(2026, 11, 12, 13, 20, tzinfo=UTC)


def publication_row(audience: str, publication_id: str, **changes: Any) -> dict[str, Any]:
    """Return the one row that says what a publication is."""
    return {
        "publication_id": publication_id,
        "audience": audience,
        "chain_name": "bewaken_beveiligen",
        "chain_label_nl": "Bewaken en beveiligen",
        "chain_label_en": "Protective security",
        "reference_date": REFERENCE_DATE,
        "known_at": KNOWN_AT,
        "timezone": "Europe/Amsterdam",
        "built_at": KNOWN_AT,
        "code_version": "0.1.0",
        "content_hash": "0" * 64,
        "is_synthetic": True,
        "previous_publication_id": None,
        "threshold": {"platform": 5, "advisory": 10}.get(audience, 0),
        "rounding_base": {"platform": 3, "advisory": 5}.get(audience),
        **changes,
    }


def write_publication(
    folder: Path, tables: Mapping[str, Sequence[Row]], publication_id: str
) -> Path:
    """Write a publication beside earlier ones and make it the current one.

    Args:
        folder: Folder of one audience; made when absent.
        tables: Rows per table; a column left out is null, a table left out does not exist. Of
            tables and columns only those are written that the audience's catalogue names.
        publication_id: Name of the file, without extension.

    Returns:
        The file.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{publication_id}.duckdb"
    audience = AUDIENCES[tables["publication"][0]["audience"]]
    with duckdb.connect(str(path)) as connection:
        for table, rows in tables.items():
            types = [part.split() for part in SCHEMA[table].split(",")]
            if audience.is_protected:
                named = audience.columns.get(table, ())
                types = [part for part in types if part[0].strip('"') in named]
            if not types:
                continue
            schema = ", ".join(" ".join(part) for part in types)
            connection.execute(f"create table {table} ({schema})")
            if not rows:
                continue
            columns = [name for name, _ in types]
            marks = ", ".join(f"${index}" for index in range(1, len(columns) + 1))
            # Row by row is slow in DuckDB; one transaction keeps the large sample bearable.
            connection.execute("begin")
            for start in range(0, len(rows), 5000):
                _insert(connection, table, types, rows[start : start + 5000], marks)
            connection.execute("commit")
    path.chmod(0o444)
    record(path)
    (folder / "CURRENT").write_text(path.name, encoding="utf-8")
    return path


def _insert(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    types: Sequence[Sequence[str]],
    rows: Sequence[Row],
    marks: str,
) -> None:
    if len(rows) <= 50:
        connection.executemany(
            f"insert into {table} values ({marks})",
            [[row.get(name.strip('"')) for name, _ in types] for row in rows],
        )
        return
    import pyarrow as pa

    plain = [name.strip('"') for name, _ in types]
    columns = {name: [row.get(name) for row in rows] for name in plain}
    arrow = pa.table(columns)
    connection.register("batch", arrow)
    casts = ", ".join(f"cast({name} as {kind}) as {name}" for name, kind in types)
    connection.execute(f"insert into {table} select {casts} from batch")
    connection.unregister("batch")


def result_row(indicator: str, statistic: str, period: str, **columns: Any) -> dict[str, Any]:
    """Return a national cohort figure; every column can be given."""
    grain = "quarter" if "-Q" in period else "month" if "-" in period else "year"
    return {
        "indicator": indicator,
        "version": "1",
        "statistic": statistic,
        "view": "cohort",
        "clock": "gross",
        "side": "sender",
        "unit": "calendar_days",
        "period_grain": "all" if period == "all" else grain,
        "period": period,
        "dimension": "national",
        "member": "national",
        "status": "ok",
        "reference_date": REFERENCE_DATE,
        "known_at": KNOWN_AT,
        **columns,
    }


def tiny_tables(audience: str = "platform", publication_id: str = "tiny") -> dict[str, list[Row]]:
    """Return a publication of three hand-offs and one count, with every status once.

    Triage (K13) has norms, two sides and every status of a median; the dossier (K20) has no
    figure at all; the mayor (K22) has no norm and data that are not fit for use.
    """
    median = [
        ("2024-Q4", "ok", 12.5, 10.0, 15.0),
        ("2025-Q1", "suppressed", None, None, None),
        ("2025-Q2", "no_data", None, None, None),
        ("2025-Q3", "ok", 12.0, 11.0, 13.0),
        ("2025-Q4", "not_delivered", None, None, None),
        ("2026-Q1", "withheld", None, None, None),
        ("2026-Q2", "not_reached", None, 9.0, None),
        ("2026-Q3", "ok", 8.4, 7.9, 9.2),
        ("2026-Q4", "too_recent", None, None, None),
    ]
    results = [
        result_row(
            "triage_lead_time", "median", period, status=status, value=value, lower=lower,
            upper=upper, numerator=30 if status == "ok" else None,
            denominator=None if status == "suppressed" else 40,
            n_at_risk=None if status == "suppressed" else 21,
        )
        for period, status, value, lower, upper in median
    ]  # fmt: skip
    results += [
        result_row("triage_lead_time", "p90", "2026-Q3", value=20.5, lower=17.0, upper=31.0),
        result_row(
            "triage_lead_time", "share_within_norm", "2026-Q3", unit="share", value=0.65,
            lower=0.552544, upper=0.736358, numerator=65, denominator=100,
        ),
        result_row("triage_lead_time", "started", "2026-Q3", unit="count", value=100),
        result_row("triage_lead_time", "negative", "2026-Q3", unit="count", value=0),
        result_row(
            "triage_lead_time", "median", "2026-Q3", view="completed", value=6.1, denominator=71
        ),
        result_row("triage_lead_time", "open", "2026-Q3", view="open", unit="count", value=29),
        result_row(
            "reconciliation_k13", "matched", "2026-Q3", side="both", unit="share",
            value=0.957447, numerator=90, denominator=94,
        ),
        result_row(
            "reconciliation_k13", "sent_never_received", "2026-Q3", side="both", unit="share",
            value=0.042553, numerator=4, denominator=94,
        ),
        result_row(
            "triage_lead_time", "median", "2025", dimension="route", member="triagetafel",
            value=19.0, lower=15.0, upper=24.0, denominator=33,
        ),
        result_row(
            "triage_lead_time", "median", "2025", dimension="route", member="direct",
            status="suppressed",
        ),
        result_row("lead_time_k22", "median", "2026-Q3", value=3.3, lower=2.0, upper=4.0),
        result_row(
            "exclusivity", "count", "2026-Q2", unit="count", value=2, lower=0.2422, upper=7.2247
        ),
        result_row(
            "exclusivity", "count", "2026-Q3", unit="count", value=0, lower=0.0, upper=3.6889
        ),
    ]  # fmt: skip
    tables: dict[str, list[Row]] = {
        "publication": [publication_row(audience, publication_id)],
        "result": results,
        "indicator": [
            _indicator(
                "triage_lead_time", "lead_time", "K13", "Doorlooptijd triage", "Triage lead time",
                balancing_indicator="exclusivity", dimensions="route|parket",
                smallest_difference=2.0, smallest_difference_nl="Twee dagen.",
                smallest_difference_en="Two days.",
            ),
            _indicator(
                "reconciliation_k13", "reconciliation", "K13", "Overeenstemming triage",
                "Triage consistency", is_generic=True,
            ),
            _indicator(
                "lead_time_k20", "lead_time", "K20", "Doorlooptijd dossier", "Dossier lead time",
                is_generic=True,
            ),
            _indicator(
                "lead_time_k22", "lead_time", "K22", "Doorlooptijd burgemeester",
                "Mayor lead time", is_generic=True,
            ),
            _indicator(
                "exclusivity", "count", None, "Maatregelen buiten het stelsel",
                "Measures outside the system",
            ),
        ],
        "handoff": [
            _handoff("K13", "triage", "Triage", "Triage", "intake_sent", "judgment_form_sent",
                     sent_milestone="intake_sent", received_milestone="intake_received",
                     dimensions="route|parket", tolerance_hours=24),
            _handoff("K20", "overdracht", "Aanwijzing tot verzonden dossier",
                     "Designation to dossier sent", "designated", "dossier_sent"),
            _handoff("K22", "overdracht", "Burgemeester geïnformeerd", "Mayor informed",
                     "mayor_fact_known", "mayor_informed"),
        ],
        "norm": [
            {"norm_id": "N13a", "handoff_id": "K13", "unit": "calendar_days", "value": 14,
             "source_nl": "Voorbeeldwaarde", "source_en": "Illustrative value",
             "is_illustrative": True, "valid_from": date(2022, 1, 1),
             "valid_to": date(2025, 12, 31)},
            {"norm_id": "N13b", "handoff_id": "K13", "unit": "calendar_days", "value": 10,
             "source_nl": "Voorbeeldwaarde", "source_en": "Illustrative value",
             "is_illustrative": True, "valid_from": date(2026, 1, 1), "valid_to": None},
        ],
        "dimension_member": [
            {"dimension": "national", "member": "national", "label_nl": "Landelijk",
             "label_en": "National", "sort_order": 1},
            {"dimension": "route", "member": "direct", "label_nl": "Directe opname",
             "label_en": "Direct admission", "sort_order": 1},
            {"dimension": "route", "member": "triagetafel", "label_nl": "Triagetafel",
             "label_en": "Triage table", "sort_order": 2},
        ],
        "organisation": [
            {"organisation": "om", "label_nl": "Openbaar Ministerie",
             "label_en": "Public Prosecution Service", "kind": "partner", "delivers": True,
             "sort_order": 1},
            {"organisation": "nctv", "label_nl": "NCTV", "label_en": "NCTV", "kind": "partner",
             "delivers": True, "sort_order": 2},
        ],
        "milestone": [
            {"milestone": "intake_sent", "organisation": "om", "table_name": "intake",
             "column_name": "verzonden_op", "granularity": "timestamp", "is_derived": False},
            {"milestone": "judgment_form_sent", "organisation": "nctv", "table_name": "triage",
             "column_name": "oordeel_verzonden_op", "granularity": "timestamp",
             "is_derived": False},
        ],
        "quality": [
            {"indicator": "triage_lead_time", "badge": "good",
             "reasons": "[]", "n_findings": 0,
             "n_missing_deliveries": 0, "n_late_deliveries": 0},
            {"indicator": "lead_time_k20", "badge": "caution",
             "reasons": told(Reason("late", {"deliveries": [
                 {"table": "om_intake", "n": 1, "last": "2026-10-31"}]})),
             "n_findings": 2, "n_missing_deliveries": 0, "n_late_deliveries": 1},
            {"indicator": "lead_time_k22", "badge": "not_fit",
             "reasons": told(Reason("stale", {"names": ["nctv_burgemeester"]})),
             "n_findings": 0,
             "n_missing_deliveries": 1, "n_late_deliveries": 0},
        ],
        "delivery": [
            _delivery("om", "intake", date(2026, 9, 30), "on_time"),
            _delivery("om", "intake", date(2026, 10, 31), "late"),
            _delivery("nctv", "triage", date(2026, 9, 30), "missing"),
            _delivery("nctv", "triage", date(2026, 10, 31), "refused"),
        ],
        "finding": [
            {"organisation": "om", "table_name": "intake", "reference_date": date(2026, 10, 31),
             "version": 1, "rule": "stop_before_start", "severity": "warning",
             "column_name": "verzonden_op", "n_rows": 3, "n_total": 412,
             "reason_nl": "Einde ligt vóór begin.", "reason_en": "Stop lies before start.",
             "state": "persisting", "is_resolved": False},
            {"organisation": "nctv", "table_name": "triage",
             "reference_date": date(2026, 10, 31), "version": 1, "rule": "column_missing",
             "severity": "critical", "column_name": "oordeel_op", "n_rows": 0, "n_total": 0,
             "reason_nl": "Verplichte kolom ontbreekt.",
             "reason_en": "A required column is missing.", "state": "new", "is_resolved": False},
            {"organisation": "nctv", "table_name": "triage",
             "reference_date": date(2026, 10, 31), "version": 1, "rule": "uitgang_voor_begin",
             "severity": "warning", "column_name": "uitgestroomd_op", "n_rows": 2,
             "n_total": 40, "reason_nl": "Er is iets geëindigd voordat het begon: K41.",
             "reason_en": "Something ended before it began: K41.", "state": None,
             "is_resolved": None},
        ],
        "delivery_month": [
            _month("om", date(2026, 9, 30), "on_time", 100),
            _month("om", date(2026, 10, 31), "late", 66),
            _month("nctv", date(2026, 9, 30), "missing", 0),
            _month("nctv", date(2026, 10, 31), "refused", 0),
        ],
        "finding_month": [
            {"organisation": "om", "reference_date": date(2026, 10, 31), "severity": "warning",
             "reason_nl": "Einde ligt vóór begin.", "reason_en": "Stop lies before start.",
             "state": "persisting", "is_resolved": False},
            {"organisation": "nctv", "reference_date": date(2026, 10, 31), "severity": "critical",
             "reason_nl": "Verplichte kolom ontbreekt.",
             "reason_en": "A required column is missing.", "state": "new", "is_resolved": False},
            {"organisation": "nctv", "reference_date": date(2026, 10, 31), "severity": "warning",
             "reason_nl": "Er is iets geëindigd voordat het begon: K41.",
             "reason_en": "Something ended before it began: K41.", "state": None,
             "is_resolved": False},
        ],
        "registration_share": [
            {"organisation": "om", "is_at_once": True},
            {"organisation": "nctv", "is_at_once": False, "at_once_pct": 75,
             "median_lag_days": 33},
        ],
        "linkage_share": [
            {"key_kind": "case", "organisation_a": "om", "organisation_b": "nctv",
             "linked_pct": 24},
            {"key_kind": "case", "organisation_a": "nctv", "organisation_b": "om"},
        ],
        "registration": [
            {"organisation": "om", "table_name": "intake", "period": "2026-10", "n_events": 40,
             "n_first_due": 40, "median_lag_days": 24.0},
            {"organisation": "nctv", "table_name": "triage", "period": "2026-09", "n_events": 40,
             "n_first_due": 30, "median_lag_days": 33.0},
        ],
        "linkage": [
            _linkage("om", "nctv", 412, 97),
            _linkage("nctv", "om", 99, 97),
            _linkage("om", "nctv", 412, 3, table_a="intake", table_b="triage"),
        ],
        "suspected_double": [
            {"key_kind": "case", "key_a": "z1_syntha", "key_b": "z1_synthb", "ground": "handoff",
             "place": "K02|K10", "n_shared": 2, "is_merged": False},
        ],
        "suspected_double_count": [
            {"key_kind": "case", "ground": "list", "is_merged": True, "n_pairs": 1},
            {"key_kind": "case", "ground": "handoff", "is_merged": False, "n_pairs": 24},
        ],
        "input": [],
        "table_hash": [],
    }  # fmt: skip
    if audience != "researcher":
        for row in tables["quality"]:
            row["reasons"] = coarse_reasons(row["reasons"], {})
    return tables


def _month(organisation: str, day: date, status: str, on_time_pct: int) -> dict[str, Any]:
    return {"organisation": organisation, "reference_date": day, "status": status,
            "on_time_pct": on_time_pct}  # fmt: skip


def write_tiny(folder: Path, audience: str = "platform", publication_id: str = "tiny") -> Path:
    """Write the tiny publication into the folder of an audience."""
    return write_publication(folder, tiny_tables(audience, publication_id), publication_id)


def _indicator(
    indicator: str,
    kind: str,
    handoff_id: str | None,
    label_nl: str,
    label_en: str,
    **columns: Any,
) -> Row:
    return {
        "indicator": indicator,
        "version": "1",
        "valid_from": date(2022, 1, 1),
        "kind": kind,
        "family": kind,
        "handoff_id": handoff_id,
        "label_nl": label_nl,
        "label_en": label_en,
        "question_nl": f"Vraag bij {label_nl}?",
        "question_en": f"Question of {label_en}?",
        "why_nl": "Omdat tijd hier veiligheid is.",
        "why_en": "Because time is safety here.",
        "numerator_nl": "afgeronde gevallen",
        "numerator_en": "completed cases",
        "denominator_nl": "begonnen gevallen",
        "denominator_en": "started cases",
        "unit": "calendar_days" if handoff_id else "cases",
        "direction": "lower",
        "paragraph": "2.3.3",
        "owner": "Kenniscentrum",
        "author": "Kenniscentrum",
        "checker": "NCTV",
        "next_review": date(2027, 6, 1),
        "dimensions": "",
        "is_generic": False,
        "norm_ids": "N13a|N13b" if kind == "lead_time" and handoff_id == "K13" else "",
        **columns,
    }


def _handoff(
    handoff_id: str,
    phase: str,
    label_nl: str,
    label_en: str,
    start: str,
    stop: str,
    **columns: Any,
) -> Row:
    return {
        "handoff_id": handoff_id,
        "phase": phase,
        "label_nl": label_nl,
        "label_en": label_en,
        "from_organisation": "om",
        "to_organisation": "nctv",
        "start_milestone": start,
        "stop_milestone": stop,
        "subject": "case",
        "match_on": "case_key",
        "occurrence": "first",
        "unit": "calendar_days",
        "clock_side": "sender",
        "dimensions": "",
        "paragraph": "2.3.3",
        "is_assumption": False,
        "from_label_nl": "Openbaar Ministerie",
        "from_label_en": "Public Prosecution Service",
        "to_label_nl": "NCTV",
        "to_label_en": "NCTV",
        **columns,
    }


def _linkage(
    organisation: str, other: str, n_keys: int, n_linked: int | None, **tables: str
) -> Row:
    return {
        "key_kind": "case",
        "level": "table" if tables else "organisation",
        "organisation_a": organisation,
        "organisation_b": other,
        "n_keys": n_keys,
        "n_linked": n_linked,
        **tables,
    }


def _delivery(organisation: str, table: str, reference_date: date, status: str) -> Row:
    arrived = status != "missing"
    return {
        "organisation": organisation,
        "table_name": table,
        "reference_date": reference_date,
        "version": 1,
        "status": status,
        "due_on": date(reference_date.year, reference_date.month, 28),
        "received_on": KNOWN_AT.date() if arrived else None,
        "rows": 412 if arrived else None,
        "rows_quarantined": 3 if status == "late" else 0,
        "sha256": "0" * 64 if arrived else None,
        "contract_version": "1.0.0",
        "is_used": status in {"on_time", "late"},
    }
