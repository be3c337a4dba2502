"""Where somebody can be found: postcode, street and number, co-ordinates.

Here: Dutch forms, and the commonest of the neighbouring countries.
Not here: names of towns, which identify nobody (`names` knows them).
"""

import re

from pipelines.deliveries.identifying.name_lists import name_lists
from pipelines.deliveries.identifying.words import VOCABULARY, has_ending, listed, plain

# Two small letters between two numbers that join them or are a unit, and are no postcode.
_JOINTS = listed("de en er gb in is kb kg km mb of om op st te")
# Others that are words behind a year, or behind a number with nothing after them.
_WORDS = _JOINTS | listed("al as cm he ik ja je me mm na nu ok so to we ze zo")
# Capitals behind a year or a count that stand for an organisation.
_ACRONYMS = listed("OM KC EU")
_ACRONYMS_AFTER_YEAR = _ACRONYMS | listed(
    "VS NL UK BV NV PG AG HR IT MT VN AP KB MB GB OR RC AI DG BZ JZ CT PO PI QA TK EK DB"
)
_POSTCODE = re.compile(
    r"(?<![0-9A-Za-z])(?<![0-9][.,])(?P<number>[1-9][0-9]{3})(?P<between> ?[-._/]? ?)"
    r"(?P<letters>[A-Z]{2}|[a-z]{2})(?![A-Za-z])(?P<house>,? ?(?:nr\.? ?)?[0-9]{1,4}\b)?"
)
_NEVER = {"SA", "SD", "SS"}
_SAID_POSTCODE = re.compile(r"\bpost ?code\b\W{0,4}(?:is )?[1-9][0-9]{3}", re.IGNORECASE)
_FIRST_YEAR, _LAST_YEAR = 1950, 2049

_ENDS_ANYWHERE = (
    r"(?:straat(?:je|weg)?|laan(?:tje)?|plein|gracht|singel|steeg|plantsoen|dreef|stra(?:ss"
    r"|ß)e|boulevard"
    r"|allee|kade|avenue)"
)
_ENDS_OF_NAMES = (
    r"(?:weg|dijk|pad|hof|park|wal|markt|baan|oord|ring|brink|burg|hoek|veld|kamp|haven|dam|berg"
    r"|str\.)"
)
_NUMBER = (
    r"(?:,? ?(?:nr\.?|no\.?|nummer|huisnummer|huisnr\.?))? ?"
    r"[1-9][0-9]{0,3}(?:[- ]?(?:[a-hA-H]|[IVX]{1,4}|bis|hs|huis|boven|[0-9]{1,3}))?"
    r"(?![0-9A-Za-z%:/])(?!,[0-9]| ?(?:procent|dagen|dag|uur|weken|maanden|jaar|zaken|keer|km|m2))"
)
_SHORTENED = r"(?:str|ln|pln|wg|sngl|sgl|plnts|bd|blvd|(?:gr|pl|dk|kd|plts|dr)(?=\.))\.?"
_TO = r"\b(?i:aan|op|naar|van|nabij|bij|woont|adres:?|in) (?i:de |het |den |een )?"
_FIRST_OF_TWO = (
    r"(?i:lange|korte|oude|nieuwe|grote|kleine|eerste|tweede|derde|hoge|lage|rode|witte|achter"
    r"|boven"
    r"|beneden|buiten|binnen|sint|st\.|prins|prinses|koningin|koning|burgemeester|burg\.|dr\."
    r"|prof\.|mr\."
    r"|generaal|president|laan van|plein|hof van|op de|onder de|noorder|zuider|wester|ooster)"
)
_WORD_OF_STREET = r"[A-Z][\w'.-]+"
_SMALL_OF_TWO = (
    r"(?:lange|korte|oude|nieuwe|grote|kleine|hoge|lage|achter|boven|beneden|buiten|binnen|sint)"
)
_STREETS = (
    re.compile(rf"\b(?:[\w'-]+ )?[\w'-]{{2,}}{_ENDS_ANYWHERE},? ?{_NUMBER}", re.IGNORECASE),
    re.compile(rf"(?<![\w-])[A-Z][\w'-]{{2,}}(?i:{_ENDS_OF_NAMES}),? ?{_NUMBER}"),
    re.compile(rf"(?<![\w-])[A-Za-z][\w'-]{{2,}}(?i:{_SHORTENED}),? ?{_NUMBER}"),
    # In small letters behind a word of place, or before what follows a house number.
    re.compile(rf"{_TO}[a-z][\w'-]{{2,}}{_ENDS_OF_NAMES},? {_NUMBER}"),
    re.compile(
        rf"(?<![\w-])[a-z][\w'-]{{2,}}(?:weg|dijk|pad|kade|markt|hof|hoek|park),? {_NUMBER}"
        r"(?=[.,;)]|$| in | te |,? [1-9][0-9]{3} ?[A-Za-z]{2}\b)"
    ),
    re.compile(
        rf"(?<![\w-]){_WORD_OF_STREET} (?:{_WORD_OF_STREET} )?"
        rf"(?i:weg|straat|laan|plein|dijk|pad|hof|park|kade|gracht|singel|markt|haven|dam|brink"
        rf"|wal|steeg|dreef|baan|ring),? {_NUMBER}"
    ),
    # Two words with a capital and a number behind a word of place: `aan de Lange Voorhout 34`.
    re.compile(
        rf"{_TO}{_WORD_OF_STREET} (?:(?:van|der|de|den"
        rf"|het) ){{0,2}}{_WORD_OF_STREET},? {_NUMBER}"
    ),
    re.compile(rf"\b(?:aan|op) (?:de |het )?{_SMALL_OF_TWO} [a-z]{{4,}}(?<!en),? {_NUMBER}"),
    re.compile(
        rf"(?<![\w-]){_FIRST_OF_TWO}(?: (?i:de|der|den"
        rf"|van) )?(?: ?{_WORD_OF_STREET}){{1,3}},? {_NUMBER}"
    ),
    re.compile(
        r"\b[1-9][0-9]{0,3},? (?:rue|avenue|boulevard|chaussée|place) (?:d[eu] |des |la )?\w+",
        re.IGNORECASE,
    ),
    re.compile(r"\b[1-9][0-9]{0,3} [A-Z]\w+ (?:Street|Road|Lane|Avenue|Drive|Close|Court)\b"),
    re.compile(
        r"\b(?i:woon(?:t|achtig|ende)?|woonadres|verblijft|verblijfadres|schuiladres"
        r"|adres(?:seert)?"
        r"|ingeschreven|logeert|huurt|onderduikadres)\b[^0-9.!?\n]{0,40}?"
        r"(?!\b(?:zaken|gevallen|minder|ongeveer|binnen|sinds|vanaf|bijna|circa|waarvan) )"
        rf"\b[A-Za-z][\w'-]{{3,}},? (?!19|20){_NUMBER}"
    ),
)
# Endings of streets that end other words too: a street where no dictionary has the word.
_ENDS_OF_MORE = (
    r"(?:erf|strjitte|plaats|akkers?|weide|oort|hoeve|horst|donk|poort|dyk|gaarde?|beek|polder|laar"
    r"|molen|stein|vaart|waard|werf|sloot|veen|stede|hove|zoom|leane|hage|heuvel|schans|passage"
    r"|eind|slag|broek|tuin|bos|stee|plein|weg|dijk|pad|hof|park|wal|baan|oord|ring|brink|burg"
    r"|hoek|veld|kamp|haven|dam|berg)"
)
# No year.
_HOUSE = rf"(?!(?:19|20)[0-9]{{2}}\b){_NUMBER}"
_END = rf"(?:{_ENDS_ANYWHERE}|{_ENDS_OF_NAMES}|{_ENDS_OF_MORE})"
_RARE = re.compile(rf"(?<![\w-])(?P<word>[^\W\d_][\w'-]+{_ENDS_OF_MORE}),? {_HOUSE}", re.IGNORECASE)
# Behind a word of housing, and before a town, any word that no dictionary has, and every street.
_HOUSED = re.compile(
    r"\b(?:pand|woning|verhui(?:sd|st|zen|sde)|huisadres|postadres|bezoekadres|briefadres|adres"
    r"|camera|voordeur|woonplek|opvangadres)\b[^0-9.!?\n]{0,40}?"
    rf"\b(?P<word>[^\W\d_][\w'-]{{2,}}),? {_HOUSE}",
    re.IGNORECASE,
)
_BEFORE_TOWN = re.compile(
    rf"\b(?P<word>[^\W\d_][\w'-]{{2,}}),? {_HOUSE}(?:,| te| in)? (?P<town>[^\W\d_][\w'-]{{2,}})",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"(?:[^\W\d_][\w'.-]* ){{0,3}}(?P<word>[^\W\d_][\w'-]{{2,}}),? {_HOUSE}"
    r"(?:(?:,| te| in)? (?P<town>[^\W\d_][\w'-]{2,}))?\W*"
)
_BARE = re.compile(_END, re.IGNORECASE)
_STREET = re.compile(rf"^[\w'-]{{2,}}{_END}$", re.IGNORECASE)
# Of a street, also where a dictionary has the word: not *levering*.
_SURELY = re.compile(rf"^(?:[\w'-]{{2,}}(?:{_ENDS_ANYWHERE}|weg|dijk|pad|hof|markt)|{_END})$", re.I)
# In whatever letters: named after somebody, or told from a neighbour by a word before it.
_OF_TWO = (
    re.compile(
        r"\b(?:burgemeester|pastoor|wethouder|dokter|meester|professor|graaf|gravin|deken|pater"
        r"|generaal|prins|prinses|koning|koningin|sint|verlengde|schout|president|dominee"
        r"|(?:dr|prof|mr|ds|mgr|st|burg|past|weth|gen)\.?) "
        rf"(?:[\w'.-]+ ){{0,3}}(?P<word>[\w'-]*{_END}),? {_HOUSE}",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:oude?|nieuwe?|korte?|lange|kleine?|grote?|hoge|lage|groene|eerste|tweede|derde"
        rf"|[1-4]e|achter|boven|beneden|buiten|binnen) (?!veld |plaats )(?P<word>[\w'-]*{_END}),?"
        rf" {_HOUSE}",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:laan|weg|hof|plein|park|kade|dreef|singel|straat|gracht|pad) "
        r"(?:van|der|den|ter|ten)(?: (?:de|den|het))? "
        rf"(?:[\w'-]{{3,}} )?(?P<named>[\w'-]{{3,}}),? {_HOUSE}",
        re.IGNORECASE,
    ),
)
# Words that end as a street does, and are none.
_NO_STREET = re.compile(
    r"^(?:onderweg|vanweg|halverweg|gerechtshof|hof|arbeidsmarkt|huizenmarkt|markt|park|ring"
    r"|pad|dam"
    r"|arcade|decade|barricade|brigade|cascade|uitslaan|ontslaan|afslaan|opslaan|verslaan|lokaal"
    r"|werkveld|speelveld|schoolplein|afbouwpad|groeipad|ketenring|sollicitatieweg|dienstweg"
    r"|(?:formulier|invoer|tekst|datum|keuze|code|zoek|aandachts|spannings|krachten|beleids)veld"
    r"|omweg|snelweg|rijksweg|rijbaan|loopbaan|voorhoek|invalshoek|uithoek)\b",
    re.IGNORECASE,
)

_DECIMAL = r"[-+]?[0-9]{1,3}[.,][0-9]{3,}"
_PAIR = re.compile(
    rf"(?<![0-9.,])(?P<lat>[-+]?[0-9]{{1,2}}[.,][0-9]{{3,}}) ?°? ?[NSns]?[,; /|]{{1,3}}"
    rf"(?P<lon>{_DECIMAL})(?![0-9])"
)
_SEXAGESIMAL = re.compile(
    r"[0-9]{1,3} ?(?:°|º|graden) ?[0-9]{1,2}(?: ?['.,]|(?= min))"
    r"|[0-9]{1,3}[.,][0-9]+ ?(?:°|º|graden) ?(?:NB|OL|WL|ZB|[NSEWO])?\b[ ,;/]+[0-9]{1,3}[.,][0-9]+",
    re.IGNORECASE,
)
_LETTERED = re.compile(
    r"\b[NS] ?[0-9]{1,2}[.,° ][0-9][0-9., ']*\W{0,3}[EWO] ?[0-9]{1,3}[.,° ][0-9]"
    r"|[0-9]{1,2}[.,][0-9]{2,} ?°? ?(?:NB|[NS])\W{1,3}[0-9]{1,3}[.,][0-9]{2,} ?°? ?(?:OL|WL"
    r"|[EWO])\b"
)
_SAID_POINT = re.compile(
    r"\b(?:gps|co-?ördina(?:at|ten)|coordina(?:at|ten)|coördina(?:at|ten)|lat(?:itude)?"
    r"|breedtegraad"
    r"|rijksdriehoek|rd[- ]?(?:x"
    r"|coördinaten)?)\b.{0,25}?[0-9]{1,6}[.,][0-9]+.{1,15}?[0-9]{1,6}[.,][0-9]+"
    r"|\b(?:rijksdriehoek|rd)\b.{0,20}?[0-9]{5,6}\W{1,4}[0-9]{6}\b|///[\w]+\.[\w]+\.[\w]+",
    re.IGNORECASE,
)
# The national grid: metres from the west and from the south, within the country.
_GRID = re.compile(
    r"(?<![0-9.,])(?P<x>[0-9]{5,6})(?:[.,][0-9]+)?[ ,;/|]{1,3}(?P<y>[0-9]{6})"
    r"(?:[.,][0-9]+)?(?![0-9])"
)
_SAID_GRID = re.compile(
    r"\bx\W{0,3}[0-9]{2,3}[. ]?[0-9]{3}.{1,8}?\by\W{0,3}[0-9]{3}[. ]?[0-9]{3}"
    r"|\b(?:rijksdriehoek"
    r"|rd)\b.{0,25}?[0-9]{2,3}\.?[0-9]{3}\W{1,5}(?:y\W{0,3})?[0-9]{3}\.?[0-9]{3}",
    re.IGNORECASE,
)
_WEST_TO_EAST, _SOUTH_TO_NORTH = (7_000, 300_000), (289_000, 629_000)
_MAP = re.compile(
    r"(?:maps\.app\.goo\.gl|google\.[a-z.]+/maps|openstreetmap\.org|goo\.gl/maps)", re.I
)
# The Netherlands lie within these; elsewhere four decimals are asked, as no share has two of.
_LATITUDES, _LONGITUDES = (50.5, 53.8), (3.2, 7.4)
_DECIMALS_ELSEWHERE = 4
_MOST_NORTH, _MOST_EAST = 90, 180


def holds_postcode(text: str) -> bool:
    """Whether a text without dates holds a postcode with its letters."""
    whole = _POSTCODE.fullmatch(text.strip())
    if whole and whole["letters"].upper() not in _NEVER:
        return True
    return bool(_SAID_POSTCODE.search(text)) or any(
        _is_postcode(found) for found in _POSTCODE.finditer(text)
    )


def _is_postcode(found: "re.Match[str]") -> bool:
    letters = found["letters"]
    is_year = _FIRST_YEAR <= int(found["number"]) <= _LAST_YEAR
    if letters.upper() in _NEVER:
        return False
    if letters.islower():
        # With a space small letters are believed only before a house number.
        is_loose = found["between"] == " " and found["house"] is None
        if is_loose:
            return not is_year and letters not in _WORDS
        return letters not in (_WORDS if is_year else _JOINTS)
    if found["between"].strip() or not found["between"]:
        return True
    return letters not in (_ACRONYMS_AFTER_YEAR if is_year else _ACRONYMS)


def holds_address(text: str) -> bool:
    """Whether a text without dates holds a street with a number."""
    if not re.search("[0-9]", text):
        return False
    return (
        any(
            not _NO_STREET.match(found[0].split(" ")[0])
            and not _NO_STREET.match(_last_word(found[0]))
            and (_is_of_two(found[0]) or plain(_last_word(found[0])) not in name_lists().places)
            and plain(_last_word(found[0])) not in VOCABULARY
            and not _is_of_a_thing(_last_word(found[0]))
            for pattern in _STREETS
            for found in pattern.finditer(text)
        )
        or any(
            (_BARE.fullmatch(parts["word"]) or _is_of_street(parts["word"]))
            if "word" in parts
            else _is_no_word(parts["named"])
            for pattern in _OF_TWO
            for found in pattern.finditer(text)
            for parts in (found.groupdict(),)
        )
        or any(
            _is_no_word(found["word"]) and not _NO_STREET.match(found["word"])
            for found in _RARE.finditer(text)
        )
        or any(_is_street(found["word"]) for found in _HOUSED.finditer(text))
        or any(
            _is_street_by_end(found["word"]) and plain(found["town"]) in name_lists().places
            for found in _BEFORE_TOWN.finditer(text)
        )
        or ((alone := _ALONE.fullmatch(text)) is not None and _is_all(alone))
    )


def _is_no_word(word: str) -> bool:
    """Whether no dictionary has a word, nor any list but that of names."""
    key, lists = plain(word), name_lists()
    return not any(key in several for several in (lists.words, VOCABULARY, lists.places))


def _is_street_by_end(word: str) -> bool:
    return _STREET.match(word) is not None and _is_of_street(word)


def _is_of_a_thing(word: str) -> bool:
    """Whether a word ends as a street does and is another thing, such as *invoering*."""
    return _STREET.match(word) is not None and not _is_of_street(word)


def _is_of_street(word: str) -> bool:
    """Whether a word with the end of a street is none of another thing."""
    key = plain(word)
    if _NO_STREET.match(word) or key in VOCABULARY or key in name_lists().places:
        return False
    return _SURELY.match(word) is not None or _is_no_word(word)


def _is_all(found: "re.Match[str]") -> bool:
    """Whether a text that is a word, a number and perhaps a town is an address and no more."""
    if found["town"] is None:
        return _is_street_by_end(found["word"])
    return plain(found["town"]) in name_lists().places and _is_street(found["word"])


def _is_street(word: str) -> bool:
    """Whether a word before a number is a street where a street is spoken of."""
    return _is_street_by_end(word) or (_is_no_word(word) and not has_ending(plain(word)))


def _is_of_two(street: str) -> bool:
    """Whether a street has a word before its name, such as `Lange`: no town with a count."""
    return re.match(rf"(?:{_TO})?{_FIRST_OF_TWO}\b", street) is not None


def _last_word(street: str) -> str:
    """The word before the number."""
    words = [word for word in re.split("[ ,]", street) if re.match("[^0-9]{3}", word)]
    return words[-1] if words else ""


def holds_coordinates(text: str) -> bool:
    """Whether a text holds a point on the map."""
    if any(
        pattern.search(text) for pattern in (_SEXAGESIMAL, _LETTERED, _SAID_POINT, _SAID_GRID, _MAP)
    ):
        return True
    if any(
        _WEST_TO_EAST[0] < int(found["x"]) < _WEST_TO_EAST[1]
        and _SOUTH_TO_NORTH[0] < int(found["y"]) < _SOUTH_TO_NORTH[1]
        for found in _GRID.finditer(text)
    ):
        return True
    return any(_is_point(found["lat"], found["lon"]) for found in _PAIR.finditer(text))


def _is_point(latitude: str, longitude: str) -> bool:
    first, second = (float(degrees.replace(",", ".")) for degrees in (latitude, longitude))
    if _LATITUDES[0] < first < _LATITUDES[1] and _LONGITUDES[0] < second < _LONGITUDES[1]:
        return True
    decimals = min(len(re.split("[.,]", degrees)[1]) for degrees in (latitude, longitude))
    is_on_earth = abs(first) <= _MOST_NORTH and abs(second) <= _MOST_EAST
    is_share = abs(first) <= 1 and abs(second) <= 1
    return decimals >= _DECIMALS_ELSEWHERE and not is_share and is_on_earth
