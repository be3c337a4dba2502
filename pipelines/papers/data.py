"""What a delivered column is, in the words of privacy law, read from its contract.

Here: the kind of data a column holds, and of whom a table speaks.
Not here: who sees it (`shown`), and how a partner is told to write it (the specification).
"""

from pipelines.deliveries.contract import Column, Contract

_PSEUDONYMS = {"person": "pseudoniem van een persoon", "case": "pseudoniem van een zaak"}
_MOMENTS = {"timestamp": "tijdstip", "day": "dag", "week": "week", "month": "maand"}


def kind_of(column: Column) -> str:
    """The kind of data a column holds."""
    if column.pseudonym is not None:
        return _PSEUDONYMS[column.pseudonym]
    if column.form is not None:
        own = "timestamp" if column.logical_type == "timestamp" else "day"
        return _MOMENTS[column.granularity or own]
    if column.maximum is not None:
        return "getal met een grens"
    return _kind_of_text(column)


def _kind_of_text(column: Column) -> str:
    if column.free_text:
        return "getypte tekst, bij binnenkomst gecontroleerd op namen en nummers"
    if column.enum:
        return "code uit een vaste lijst"
    if column.logical_type == "boolean":
        return "ja of nee"
    return "nummer van een registratie" if column.is_key else "kenmerk in een vaste vorm"


def subjects_of(contract: Contract) -> str:
    """Of whom a table speaks, as far as its columns tell."""
    found = {column.pseudonym for column in contract.columns}
    named = [text for kind, text in _PSEUDONYMS.items() if kind in found]
    return " en ".join(named) or "geen kolom wijst een persoon of zaak aan"


def kinds_of(contract: Contract) -> str:
    """The kinds of data in a table, each once."""
    return "; ".join(dict.fromkeys(kind_of(column) for column in contract.columns))
