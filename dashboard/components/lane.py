"""The lane: who hands over to whom, and at which recorded moments the clock starts and stops.

Here: the drawing of one hand-off, in text that can be read aloud.
Not here: the names of organisations and milestones.
"""

from dashboard.components.markup import escape, hidden
from pipelines.wording.language import Words


def lane(
    sender: str, receiver: str, start: str, stop: str, words: Words, *, otherwise: str = ""
) -> str:
    """Return the lane of a hand-off, from sender to receiver; of a step within one, without end.

    Args:
        sender: Organisation that hands over.
        receiver: Organisation that receives; the same as the sender for a step within one.
        start: Moment at which the clock starts.
        stop: Moment at which the clock stops.
        words: The reader's language.
        otherwise: Moments at which it ends in another way, by name; empty when there are none.
    """
    is_within = sender == receiver
    said = words.text("lane.otherwise", exits=otherwise)
    exits = f'<span class="km-lane-word">{escape(said)}</span>' if otherwise else ""
    begin = words.text("lane.within" if is_within else "lane.from")
    end = (
        f'<div class="km-lane-end km-lane-to">{hidden(words.text("lane.to"))}'
        f'<div class="km-lane-org">{escape(receiver)}</div></div>'
    )
    return (
        f'<div class="km-lane{" km-lane-within" if is_within else ""}">'
        f'<div class="km-lane-end">{hidden(begin)}'
        f'<div class="km-lane-org">{escape(sender)}</div></div>'
        '<div class="km-lane-track">'
        f'<div class="km-lane-moment"><span class="km-lane-word">'
        f"{escape(words.text('lane.start'))}</span>{escape(start)}</div>"
        '<div class="km-lane-line" aria-hidden="true"></div>'
        f'<div class="km-lane-moment km-lane-stop"><span class="km-lane-word">'
        f"{escape(words.text('lane.stop'))}</span>{escape(stop)}{exits}</div></div>"
        f"{'' if is_within else end}</div>"
    )
