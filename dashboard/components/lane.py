"""The lane: who hands over to whom, and at which recorded moments the clock starts and stops.

Here: the drawing of one hand-off, in text that can be read aloud.
Not here: the names of organisations and milestones.
"""

from dashboard.components.markup import escape, hidden
from dashboard.language import Words


def lane(sender: str, receiver: str, start: str, stop: str, words: Words) -> str:
    """Return the lane of a hand-off, from sender to receiver.

    Args:
        sender: Organisation that hands over.
        receiver: Organisation that receives; the same as the sender for a step within one.
        start: Moment at which the clock starts.
        stop: Moment at which the clock stops.
        words: The reader's language.
    """
    return (
        '<div class="km-lane">'
        f'<div class="km-lane-end">{hidden(words.text("lane.from"))}'
        f'<div class="km-lane-org">{escape(sender)}</div></div>'
        '<div class="km-lane-track">'
        f'<div class="km-lane-moment"><span class="km-lane-word">'
        f"{escape(words.text('lane.start'))}</span>{escape(start)}</div>"
        '<div class="km-lane-line" aria-hidden="true"></div>'
        f'<div class="km-lane-moment km-lane-stop"><span class="km-lane-word">'
        f"{escape(words.text('lane.stop'))}</span>{escape(stop)}</div></div>"
        f'<div class="km-lane-end km-lane-to">{hidden(words.text("lane.to"))}'
        f'<div class="km-lane-org">{escape(receiver)}</div></div></div>'
    )
