"""The sentences of the rules of the door itself, in Dutch and English.

Here: why each rule matters and how to mend what breaks it, and a finding in those words.
Not here: rules of a contract, which carry their own reason.
"""

from dataclasses import dataclass

from pipelines.deliveries.findings import Finding


@dataclass(frozen=True)
class RuleText:
    """The sentences of a rule that does not come from a contract's `quality`."""

    reason_nl: str
    reason_en: str
    remedy_nl: str


# Rules of the door itself. Rules of a contract carry their own reason.
TEXTS: dict[str, RuleText] = {
    "verplicht": RuleText(
        "Een verplichte cel is leeg.",
        "A required cell is empty.",
        "Vul de cel in de bron en lever opnieuw.",
    ),
    "toegestane_waarde": RuleText(
        "De waarde staat niet in de afgesproken lijst.",
        "The value is not in the agreed list.",
        "Gebruik een waarde uit de specificatie.",
    ),
    "vorm": RuleText(
        "De waarde heeft niet de afgesproken vorm.",
        "The value is not of the agreed form.",
        "Lever de waarde in de vorm van de specificatie.",
    ),
    "lengte": RuleText(
        "De tekst is langer dan afgesproken.",
        "The text is longer than agreed.",
        "Kort de tekst in.",
    ),
    "minimum": RuleText(
        "Het getal is kleiner dan mogelijk is.",
        "The number is smaller than possible.",
        "Herstel het getal in de bron.",
    ),
    "maximum": RuleText(
        "Het getal is groter dan mogelijk is.",
        "The number is greater than possible.",
        "Herstel het getal in de bron.",
    ),
    "leesbaar": RuleText(
        "De cel kan niet worden gelezen als het afgesproken type.",
        "The cell cannot be read as the agreed type.",
        "Lever datum, getal of ja/nee in de vorm van de specificatie.",
    ),
    "regelopbouw": RuleText(
        "De regel is geen rij met de afgesproken velden.",
        "The line is no row of the agreed fields.",
        "Controleer scheidingstekens, aanhalingstekens en regeleinden.",
    ),
    "tekenset": RuleText(
        "De tekenset wijkt af van de afspraak, maar is eenduidig herkend.",
        "The character encoding differs from the agreement, but was recognised beyond doubt.",
        "Lever in de afgesproken tekenset.",
    ),
    "lege_levering": RuleText(
        "Het bestand bevat geen rijen.",
        "The file holds no rows.",
        "Controleer of de selectie in de bron klopt.",
    ),
    "na_peildatum": RuleText(
        "De gebeurtenis is van na de peildatum van de levering en telt tot die dag niet mee.",
        "The event is of after the reference date of the delivery and does not count until then.",
        "Lever met de peildatum waarop het logboek eindigt.",
    ),
    "activiteit_ontbreekt": RuleText(
        "Een activiteit die het contract aan een mijlpaal koppelt, komt in het logboek niet voor.",
        "An activity that the contract maps to a milestone does not occur in the log.",
        "Vergelijk activityMilestones van het contract met de activiteiten in het logboek.",
    ),
    "levering_ontbreekt": RuleText(
        "Een verwachte levering is er niet.",
        "An expected delivery has not come.",
        "Lever het bestand alsnog.",
    ),
    "rijen_verdwenen": RuleText(
        "Uit de vorige stand is meer verdwenen dan eerdere leveringen aannemelijk maken.",
        "More has disappeared of the state before than earlier deliveries make plausible.",
        "Lever de volledige stand als hogere versie, of meld dat deze levering klopt.",
    ),
    "vervolg_van_levering": RuleText(
        "Het bestand gaat verder waar een eerder ingelezen bestand van deze versie ophield.",
        "The file goes on where another of this version, taken in before, ended.",
        "Lever het hele bestand als hogere versie, of meld dat deze levering klopt.",
    ),
    "massale_intrekking": RuleText(
        "Er is meer ingetrokken dan eerdere leveringen aannemelijk maken.",
        "More was withdrawn than earlier deliveries make plausible.",
        "Lever een verbeterde hogere versie, of meld dat deze levering klopt.",
    ),
    "levering_beschadigd": RuleText(
        "Wat van de levering in de landingszone ligt, is niet meer wat er is weggeschreven.",
        "What lies in the landing zone of the delivery is no longer what was written.",
        "Lees hetzelfde bestand opnieuw in, of lever een hogere versie.",
    ),
    "levering_te_laat": RuleText(
        "De levering kwam na de afgesproken dag.",
        "The delivery came after the agreed day.",
        "Lever voortaan op tijd of maak een andere afspraak.",
    ),
}


def finding_of(
    rule: str, severity: str, column: str = "", *, rows: int = 0, total: int = 0
) -> Finding:
    """A finding by a rule of the door itself, in the words of that rule."""
    text = TEXTS[rule]
    return Finding(
        rule,
        severity,
        column,
        rows,
        total,
        reason_nl=text.reason_nl,
        reason_en=text.reason_en,
        remedy_nl=text.remedy_nl,
    )
