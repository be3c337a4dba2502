"""Accounts on networks of people: the name somebody goes by there.

Here: with its sign, as a link, or by the words around it: the service, *account*, *heet*, *bekend
als*.
Not here: e-mail (`online`), and what somebody is really called (`names`).

Any word may be the name of an account. Behind a word that says so it is one whatever it is; beside
the mere name of a service only a word that no dictionary has.
"""

import re

from pipelines.deliveries.identifying.name_lists import PREFIXES, name_lists
from pipelines.deliveries.identifying.words import VOCABULARY, has_ending, listed, plain

_SERVICES = (
    r"(?:instagram|insta|twitter|snapchat|telegram|tiktok|facebook|linkedin|discord|mastodon"
    r"|bluesky|threads|youtube|reddit|skype|wickr|threema|whatsapp|x-account|twitch|steam|pinterest"
    r"|messenger)"
)
# Short for a service, or a word as well: believed with a colon or a word for an account.
_SHORT = rf"(?:{_SERVICES}|fb|ig|tg|yt|snap|signal)"
_NOUN = (
    r"(?:[- ]?(?:account|profiel|pagina|naam|handle|gebruikers?naam|gebruiker|kanaal|id|tag|user"
    r"|username|nick|nickname))"
)
_NAME = r"['\"]?@?(?P<name>(?!\d)[\w][\w.-]{1,29}\w)"
# What somebody puts on a network, or does there.
_CONTENT = (
    r"(?:berichte?n?|berichtje|filmpjes?|video'?s?|foto'?s?|posts?|story|stories|verhaal|dm|snaps?"
    r"|livestream|reacties?|comments?|bedreig(?:d|ing(?:en)?)|gestuurd|geplaatst|gepost|toegevoegd"
    r"|gevolgd|volgt|contact|contactverzoek|uitlatingen|dreigementen)"
)
# What every text that holds an account matches: cheap, over all texts.
CANDIDATE = (
    r"(?i)@|#[0-9]{4}|\.(?:com|me|nl|gg)/|(?:^|[^a-z])(?:fb|ig|tg|yt|a\.?k\.?a)(?:[^a-z]|$)|u/"
    r"|insta|twitter|snap|telegram|tiktok|facebook|linkedin|discord|mastodon|bluesky|threads|youtube"
    r"|reddit|skype|wickr|threema|whatsapp|x-account|twitch|steam|pinterest|messenger|signal"
    r"|gebruiker|user ?name|handle|nick|naam|screenname|gamertag|bijgenaamd|alias|noemt|bekend"
    r"|gaat door voor|noemen h|online|forum|chat|gam|speelt|post|plaatst|schrijft|reageert|account"
    r"|profiel|kanaal|server|actief|bereikbaar|streamt"
)
_LINKS = (
    re.compile(r"(?<![\w@.])@(?![A-Z]{2,5}\b)[A-Za-z_][\w.]{2,30}"),
    re.compile(
        rf"\b(?:{_SERVICES}|fb)(?:\.com|\.me|\.nl|\.gg)?/(?:in/|@|u/|user/|profile/)?[\w.-]{{3,}}"
        r"|\b(?:t\.me|wa\.me|x\.com|discord\.gg)/(?:s/)?[@+]?\w{3,}",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\w#])[\w.]{2,32}#[0-9]{4}\b"),
    re.compile(r"(?<!\w)/?u/[A-Za-z0-9_-]{3,20}\b"),
    re.compile(
        rf"\b{_SERVICES} ?[\"'(\[] ?@\w{{3,}}|\b{_SERVICES} ?[\"']\w{{3,}}"
        rf"|[\"']\w[\w. -]{{2,30}}[\"'] (?:op|via|bij) {_SERVICES}",
        re.IGNORECASE,
    ),
)
# What follows is a name, whatever word it is.
_SAID = (
    re.compile(
        r"\b(?:gebruikersnaam|username|user ?name|handle|nickname|nick|schermnaam|accountnaam"
        r"|screenname|inlognaam|gamertag|bijnaam|bijgenaamd|roepnaam|artiestennaam|alias|schuilnaam"
        r"|profielnaam|snapnaam|instanaam)\b"
        rf"(?: is| was| luidt| online| op \w+| van \w+)*\W{{1,4}}{_NAME}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:op|via|bij|in) {_SHORT}\b (?:\w+ ){{0,4}}?(?:als|onder|de naam|onder de naam"
        rf"|bekend als|actief als|heet|genaamd|noemt)(?: (?:de naam|hij|zij|ze|die|zich))? {_NAME}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_SHORT}{_NOUN}?(?: (?:is|was|heet|luidt|van \w+))? ?: ?{_NAME}"
        r"(?=$|[.,;)(\n]| op | is )",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_SHORT}{_NOUN} (?:is|was|heet|luidt|met de naam|onder de naam|genaamd) {_NAME}"
        rf"|\b{_SHORT}{_NOUN} (?P<followed>[a-z][\w.-]{{2,29}})"
        r"(?: (?:is|was|heeft|had|werd|wordt|met [0-9])\b|\W*$|[,;(])",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:zijn|haar|hun|mijn|eigen) {_SHORT} ?(?:is|was|heet|:) {_NAME}", re.IGNORECASE
    ),
    re.compile(
        r"\b(?:noemt zich(?:zelf)?(?: online)?|(?:ook|online) bekend (?:als|onder de naam)"
        r"|a\.?k\.?a\.?|(?:daar|beter|straat|vrienden|wel) bekend (?:als|onder de naam)"
        r"|luistert naar de naam|gaat door voor|noemen (?:hem|haar))"
        rf"[ :]{{1,2}}{_NAME}",
        re.IGNORECASE,
    ),
)
# What somebody put there is of a name, or of a word that has no article though it is of one thing.
_OF_SOMEBODY = (
    re.compile(
        rf"\b{_CONTENT} (?:van|door|met|aan) {_NAME}['\"]? ?(?:op|via|\(|in de) ?{_SHORT}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_CONTENT} (?:op|via) {_SERVICES} (?:van|door|met|aan) {_NAME}"
        r"(?=\W*$|[.,;]| is | was )",
        re.IGNORECASE,
    ),
)
# What follows, or goes before, is a name when no dictionary has it.
_BESIDE = (
    re.compile(rf"\b{_SHORT}{_NOUN}?(?: is| was| heet| van| naam)? {_NAME}", re.IGNORECASE),
    re.compile(rf"\b{_SHORT}{_NOUN}? ?: ?{_NAME}", re.IGNORECASE),
    re.compile(
        rf"\b(?:op|via|in|bij) {_SERVICES}\b[^.!?\n]{{0,30}}? (?:van|door|met|aan|tegen|als) "
        rf"{_NAME}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"(?<![\w.-])(?P<name>(?!\d)\w[\w.-]{{1,28}}\w)['\"]?(?:,? (?:op|via|bij|in)| \(|,)"
        rf" ?(?:het |zijn |haar )?{_SHORT}\b",
        re.IGNORECASE,
    ),
    # Whoever is active somewhere: under a word that no dictionary has.
    re.compile(
        r"\b(?:online|forums?|chat\w*|gam(?:e|et|ing)\w*|speelt|post|plaatst|schrijft|reageert"
        r"|accounts?|profiel|kanaal|server|actief|bekend|bereikbaar|streamt)\b[^.!?\n]{0,50}?"
        r"\b(?:als|onder|naam|genaamd|heet|zich(?:zelf)?|alias|is)\W{1,4}(?:de naam "
        r"|het pseudoniem )?"
        r"['\"]?(?P<name>(?=[\w.-]*(?:[0-9]|_|[a-z]\.[a-z]))(?=[\w.-]*[A-Za-z])[\w.-]{4,30})",
        re.IGNORECASE,
    ),
    # The same in quotation marks, which may be of any words.
    re.compile(
        r"\b(?:online|forums?|chat\w*|gam(?:e|et|ing)\w*|speelt|post|plaatst|schrijft|reageert"
        r"|actief|bekend|bereikbaar|streamt)\b[^.!?\n]{0,50}?"
        r"\b(?:als|onder|naam|genaamd|heet|zich(?:zelf)?)\W{1,4}(?:de naam )?"
        r"(?P<quoted>[\"'][\w .-]{3,30}[\"'])",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:gebruiker|account|profiel|kanaal)\W{{1,3}}(?P<name>\w{{4,}})\W{{1,3}}"
        rf"(?:op|via|bij|van)? ?\(?{_SERVICES}\b",
        re.IGNORECASE,
    ),
)
# As a participle is made; what has been done with an account stands there too.
_PARTICIPLE = re.compile(r"^(?:ge|be|ver|ont|her|aan|af|op|uit|over|door)\w+(?:d|t|en)$")
_WITH_SIGNS = re.compile(r"[A-Za-z][._-]?[0-9]|[0-9][A-Za-z]|\w_\w|[a-z]\.[a-z]")
# Words that join, ask or act, and are no name wherever they stand.
_JOINING = listed(
    "aan af als bij dan dat de den der deze die dit door een elk elke en er geen had hadden heb "
    "hebben heeft het hij hoe hun ik in is je kan kon kunnen maar mag mee meer men met mij moet na "
    "naar niet nog nu of om omdat onder ons ook op over per sinds staat staan te tegen ten ter "
    "toen tot uit van vanaf vanuit veel via voor wanneer waren was wat we weer wel werd werden wie "
    "wij wil word worden wordt zal ze zelf zich zij zijn zo zonder zou maand week jaar dag dagen "
    "weken maanden jaren uur heet tijdens binnen buiten tussen waar waarom waarin gaat komt krijgt "
    "mogen moeten ontbreekt verplicht onbekend leeg fout juist actief openbaar prive"
)


def holds_account(text: str) -> bool:
    """Whether a text holds an account on a network of people."""
    if any(pattern.search(text) for pattern in _LINKS):
        return True
    if any(_can_be_name(found) for pattern in _SAID for found in pattern.finditer(text)):
        return True
    if any(
        _is_somebody(found["name"]) for pattern in _OF_SOMEBODY for found in pattern.finditer(text)
    ):
        return True
    return any(_is_unknown(found) for pattern in _BESIDE for found in pattern.finditer(text))


def _can_be_name(found: "re.Match[str]") -> bool:
    """Whether what a text says is a name can be one: no word that joins, no participle."""
    name = found.groupdict().get("followed") or found["name"]
    key = plain(name)
    return key not in _JOINING and _PARTICIPLE.match(key) is None


def _is_somebody(name: str) -> bool:
    """Whether a word without an article can be somebody: no plural, no institution, no place."""
    key = plain(name)
    if _WITH_SIGNS.search(name):
        return True
    return (
        name[0].islower()
        and re.search("(?:en|s)$", key) is None
        and key not in _JOINING
        and key not in VOCABULARY
        and key not in name_lists().places
        and not has_ending(key)
    )


def _is_unknown(found: "re.Match[str]") -> bool:
    """Whether the word beside a service is none of the language."""
    if found.groupdict().get("quoted"):
        return True
    name = found["name"]
    if _WITH_SIGNS.search(name):
        return True
    key, lists = plain(name), name_lists()
    is_known = (
        any(
            key in several
            for several in (_JOINING, PREFIXES, VOCABULARY, lists.words, lists.places)
        )
        or has_ending(key)
        or _PARTICIPLE.match(key) is not None
    )
    # With a capital it may be what the service calls something, or an organisation.
    return name[0].islower() and not is_known and re.search(_SHORT, name, re.IGNORECASE) is None
