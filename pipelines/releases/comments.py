"""What a partner says of a figure, and the rules it meets before it stands beside it.

Here: the check of one comment against the release it is about.
Not here: keeping it (`desk`), and which words identify somebody (`pipelines.deliveries.guard`).
"""

from dataclasses import replace
from datetime import date

import pandas as pd

from pipelines.decisions.draft import cleaned
from pipelines.deliveries.guard.values import find_in_text
from pipelines.releases.shelf import Comment
from pipelines.releases.states import ReleaseError

LONGEST = 280


def checked(
    comment: Comment, results: pd.DataFrame, organisations: pd.DataFrame, days: tuple[date, ...]
) -> Comment:
    """Clean a comment, or refuse it. A refusal names the rule, never the text.

    Args:
        comment: What somebody wrote.
        results: Table `result` of the release it is about.
        organisations: Table `organisation` of the release.
        days: Days from which the age of a date in the text counts: a text must pass on every one.

    Returns:
        The comment, with its text in one form.

    Raises:
        ReleaseError: It is about no figure of the release, is too long, or may identify somebody.
    """
    text = cleaned(comment.text)
    if not text or len(text) > LONGEST:
        raise ReleaseError(f"de reactie telt {len(text)} tekens; schrijf er 1 tot en met {LONGEST}")
    for day in days:
        for _, label in find_in_text(text, day):
            raise ReleaseError(f"de reactie lijkt {label} te bevatten; schrijf haar zonder")
    if comment.organisation not in set(organisations["organisation"]):
        known = ", ".join(sorted(organisations["organisation"]))
        raise ReleaseError(f"organisatie '{comment.organisation}' bestaat niet; kies uit {known}")
    about = results[results["indicator"] == comment.indicator]
    for column in ("period", "dimension", "member"):
        if named := getattr(comment, column):
            about = about[about[column] == named]
    if about.empty:
        place = [comment.indicator, comment.period, comment.dimension, comment.member]
        raise ReleaseError(f"de release heeft geen cijfer {' '.join(filter(None, place))}")
    return replace(comment, text=text)
