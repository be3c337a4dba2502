"""Which form the state in a home folder has, so that an older version never writes in a newer one.

Here: the number, beside the state it is of, and the refusal.
Not here: what the state is (who writes it), and going back (a backup; `OPERATE.md`).

The number goes up with a change after which an earlier version of the product would misread or
spoil what lies there: another note in the landing zone, another column of the register or ledger.
What a build makes again (warehouse, memo, publications) is no reason: its fingerprint of the code
sees to that. A home without a number is of before there was one, and of form 1.
"""

from pipelines.atomic import write_text
from pipelines.build import BuildError
from pipelines.settings import Settings

FORM = 1
FILE = "state_form"


def claim(settings: Settings) -> None:
    """Make sure that this version may write in a home, and leave its number there.

    Raises:
        BuildError: A newer version wrote there, or the number cannot be read.
    """
    path = settings.home / FILE
    text = path.read_text(encoding="utf-8", errors="replace").strip() if path.exists() else ""
    if not text:
        write_text(path, f"{FORM}\n")
    elif not (text.isascii() and text.isdigit()):
        raise BuildError(
            f"{path} is geen getal; haal dat bestand weg als u zeker weet dat geen nieuwere versie "
            "in deze map werkte, en geef de opdracht opnieuw"
        )
    elif int(text) > FORM:
        raise BuildError(
            f"de stand in {settings.home} is van een nieuwere versie (vorm {text}, deze kent "
            f"{FORM}); zet die versie terug, of herstel de reservekopie van voor de overgang"
        )


def is_whole(settings: Settings) -> bool:
    """Whether the number of a home, where it has one, is one that this version knows."""
    path = settings.home / FILE
    known = {f"{form}\n".encode() for form in range(1, FORM + 1)}
    return not path.exists() or path.read_bytes() in known
