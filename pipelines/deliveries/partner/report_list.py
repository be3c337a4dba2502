"""The findings of a delivery as a list for a spreadsheet.

Here: one line for each row that breaks a rule.
Not here: the page beside it (`report_page`).
"""

import csv
import io
from collections.abc import Iterator

from pipelines.deliveries.findings import Finding
from pipelines.deliveries.partner.report import RESOLVED, SEVERITIES, Report

_LIST_COLUMNS = (
    "stand",
    "ernst",
    "controle",
    "kolom",
    "kolomnummer",
    "rij",
    "regel_in_bestand",
    "cel",
    "aantal_rijen",
    "van_rijen",
    "waarom",
    "herstel",
)


def render_list(report: Report) -> str:
    """The findings as CSV: one line for each row that breaks a rule, what is resolved last.

    The line of the file counts from 1 and includes the header; `cel` is how a spreadsheet names
    the place. A finding about the delivery as a whole has one line without a row.
    """
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    writer.writerow(_LIST_COLUMNS)
    for finding in report.file.findings:
        told = (finding.rows, finding.total, finding.reason_nl, finding.remedy_nl)
        about = (
            report.state_of(finding),
            SEVERITIES.get(finding.severity, finding.severity),
            finding.rule,
            finding.column,
        )
        writer.writerows((*about, *place, *told) for place in _places(finding))
    for finding in report.resolved:
        about = (RESOLVED, "", finding.rule, finding.column)
        writer.writerow((*about, "", "", "", "", 0, "", finding.reason_nl, ""))
    return buffer.getvalue()


def _places(finding: Finding) -> Iterator[tuple[object, object, object, object]]:
    """Number of the column, row, line and cell of each row of a finding that is known by number."""
    location = finding.location
    if not finding.row_numbers:
        yield "", "", "", ""
    elif location is None:
        yield from (("", row, "", "") for row in finding.row_numbers)
    else:
        for row, line in zip(finding.row_numbers, location.lines, strict=True):
            yield location.position or "", row, line, location.cell(line)
