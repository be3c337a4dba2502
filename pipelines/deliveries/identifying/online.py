"""How somebody is reached on a network: e-mail, accounts, addresses of machines.

Here: written with signs, with words for the signs, or with the name of the service before it.
Not here: telephones (`numbers`).
"""

import re

_AT_WORD = (
    r"(?:\(|\[|\{|<) ?(?:at|a|@) ?(?:\)|\]|\}|>)|\bap(?:e|en)[- ]?(?:n|s)?staart(?:je)?\b"
    r"|\ba-?krul\b"
)
_DOT_WORD = r"(?:\.| ?\(?\[?\b(?:punt|dot|point)\b\]?\)? ?| ?[\(\[]\.[\)\]] ?)"
_ENDS = (
    r"(?:nl|com|org|net|be|de|eu|fr|uk|info|biz|io|me|co|gov|edu|mil|int|tr|ma|sr|so|pl|es|it"
    r"|se|no|dk|ch|at"
    r"|online|nu|email)"
)
_MAILS = (
    re.compile(r"[\w.%+'-]+ ?@ ?[\w-]+(?: ?\. ?[\w-]+)+"),
    re.compile(r"(?<=[\w.])@(?=\w)"),
    re.compile(rf"\w ?[(\[{{<]? ?(?:{_AT_WORD}) ?[)\]}}>]? ?\w", re.IGNORECASE),
    # *At* is no Dutch word: with a dot or the word for it behind, it is the sign.
    re.compile(rf"[\w.+-]+ at [\w-]+(?: ?{_DOT_WORD} ?[\w-]{{2,}})+", re.IGNORECASE),
    re.compile(
        rf"[\w.+-]+ (?:bij|@) [\w-]+(?: ?{_DOT_WORD}[\w-]+)*? ?{_DOT_WORD}{_ENDS}\b", re.IGNORECASE
    ),
    # A domain of a mail service, however the sign before it was written.
    re.compile(
        r"\w\W{0,4}(?:at|@|apenstaartje)?\W{0,3}\b(?:gmail|hotmail|outlook|live|yahoo|icloud"
        r"|protonmail|proton|ziggo|kpnmail|planet|xs4all)"
        rf"{_DOT_WORD}{_ENDS}\b",
        re.IGNORECASE,
    ),
)

_AT_HANDLE = re.compile(r"(?<![\w@.])@(?P<name>[A-Za-z_][\w.]{2,30})")
_SERVICES = (
    r"(?:instagram|insta|twitter|snapchat|snap|telegram|tiktok|facebook|linkedin|discord"
    r"|mastodon|bluesky"
    r"|threads|youtube|reddit|skype|wickr|threema|whatsapp|x-account|twitch|steam|pinterest"
    r"|messenger)"
)
_SERVICE_SHORT = rf"(?:{_SERVICES}|fb|ig|tg|signal)"
_HANDLES = (
    re.compile(
        rf"\b(?:{_SERVICES}|fb)(?:\.com|\.me|\.nl|\.gg)?/(?:in/|@|u/|user/|profile/)?[\w.-]{{3,}}"
        r"|\b(?:t\.me|wa\.me|x\.com|discord\.gg)/(?:s/)?[@+]?\w{3,}",
        re.IGNORECASE,
    ),
    # A word that no dictionary has: with a digit, a dot or a low line inside.
    re.compile(
        rf"\b{_SERVICE_SHORT}\b[^.!?\n]{{0,60}}?[\s:'\"(@](?=[\w.-]*[A-Za-z])"
        r"(?=[\w.-]*(?:[A-Za-z][._-]?[0-9]|[A-Za-z]_|_[A-Za-z]|[a-z]\.[a-z]))[\w.-]{4,30}",
        re.IGNORECASE,
    ),
    # A word of that sort before the name of the service.
    re.compile(
        r"(?<![\w.])(?=[\w.]*[A-Za-z])(?=[\w.]*(?:[A-Za-z][._]?[0-9]|[A-Za-z]_[A-Za-z0-9]"
        r"|[a-z]\.[a-z]))[\w.]{4,30}"
        rf"['\"]? (?:op|via|bij|\() ?(?:het |zijn |haar )?{_SERVICE_SHORT}\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_SERVICE_SHORT}(?:[- ]?(?:account|naam|handle|profiel|id|gebruiker|tag|kanaal))?"
        r"(?: is| was| van \w+)? ?: ?['\"@]?\w{3,}",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:gebruikersnaam|username|user ?name|handle|nickname|nick|schermnaam|accountnaam"
        r"|screenname"
        r"|inlognaam|gamertag|bijnaam|bijgenaamd|roepnaam|artiestennaam|alias|schuilnaam"
        r"|profielnaam)\b"
        r"(?: is| was| luidt| online| op \w+| van \w+)*\W{1,4}\w{3,}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b(?:op|via|bij) {_SERVICE_SHORT} (?:\w+ ){{0,4}}?(?:als|onder de naam|onder|bekend als"
        r"|actief als|heet|genaamd) ['\"@]?\w{3,}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_SERVICES}-?(?:account|profiel|naam|handle|gebruiker|id)(?: is| was| heet| luidt"
        rf"| met de naam"
        r"| onder de naam| genaamd| van)? ['\"@]?(?!ge|is|was|en|of|wordt|werd)[\w.]{4,}",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:noemt zich(?:zelf)?(?: online)?|(?:ook|online) bekend (?:als|onder de naam)"
        r"|a\.?k\.?a\.?)"
        r"[ :]{1,2}['\"@]?\w{3,}",
        re.IGNORECASE,
    ),
    # A bare word behind the service that does not end as a Dutch verb does.
    re.compile(
        rf"\b{_SERVICES} ['\"@]?(?!ge|be|ver|en\b|of\b|is\b|was\b|als\b|op\b|om\b|waar|naar"
        rf"|maar|door|voor)"
        r"[a-z]{6,}(?<![dt])(?<!en)(?<!de)(?<!te)\b",
        re.IGNORECASE,
    ),
    re.compile(
        rf"\b{_SERVICES} ?[\"'(\[] ?@?\w{{3,}}|[\"']\w[\w. -]{{2,30}}[\"'] (?:op|via"
        rf"|bij) {_SERVICES}",
        re.I,
    ),
    # Whoever is active somewhere under a word that no dictionary has, or one in quotation marks.
    re.compile(
        r"\b(?i:online|forums?|chat\w*|gam(?:e|et|ing)\w*|speelt|post|plaatst|schrijft"
        r"|reageert|accounts?|profiel"
        r"|kanaal|server|actief|bekend|bereikbaar|alias|noemt|streamt)\b[^.!?\n]{0,50}?"
        r"\b(?i:als|onder|naam|genaamd|heet|zich(?:zelf)?|alias|is)\W{1,4}(?i:de naam "
        r"|het pseudoniem )?"
        r"(?:\W?(?=[\w.-]*(?:[0-9]|_|[a-z]\.[a-z]|[a-z][A-Z]))(?=[\w.-]*[A-Za-z])[\w.-]{4,30}"
        r"|[\"'][\w .-]{3,30}[\"'])"
    ),
    re.compile(
        rf"\b(?:gebruiker|account|profiel|kanaal|naam)\W{{1,3}}\w{{4,}}\W{{1,3}}(?:op|via|bij"
        rf"|van)? ?\(?{_SERVICES}\b",
        re.IGNORECASE,
    ),
    # A bare word before *op TikTok* that does not end as nouns and verbs do.
    re.compile(
        rf"(?<![\w-])[a-z]{{5,}}(?<![dtes])(?<!en)(?<!ing)(?<!er)(?<!aar) (?:op"
        rf"|\() ?{_SERVICES}\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:(?:daar|beter|straat|vrienden|wel) bekend als|luistert naar de naam"
        r"|gaat door voor|noemen (?:hem|haar))"
        r" [\"'@]?\w{3,}",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\w#])[\w.]{2,32}#[0-9]{4}\b"),
    re.compile(r"(?<!\w)/?u/[A-Za-z0-9_-]{3,20}\b"),
)
# An organisation that is addressed, such as @OM, and no account.
_ADDRESSED = re.compile(r"^[A-Z]{2,5}$")

_PART = r"(?:25[0-5]|2[0-4][0-9]|1?[0-9]?[0-9])"
_IPV4 = re.compile(
    rf"(?<![0-9.])(?:{_PART} ?(?:\.|[(\[{{]\.[)\]}}]|[(\[]?\b(?:dot"
    rf"|punt)\b[)\]]?) ?){{3}}{_PART}(?![0-9])(?!\.[0-9])",
    re.IGNORECASE,
)
_SAID_IPV4 = re.compile(
    rf"\bip\b[^0-9\n]{{0,25}}(?:{_PART}[ ,-]+){{3}}{_PART}"
    rf"(?![0-9])",
    re.IGNORECASE,
)
# Numbers of paragraphs and versions are small in all four parts, and never zero.
_LARGEST_PARAGRAPH = 31
_IPV6 = re.compile(
    r"(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}"
    r"|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|(?:[0-9a-f]{1,4}:){2,7}:"
    r"|::[0-9a-f]{2,4}(?::[0-9a-f]{1,4})*)"
    r"(?![\w:])",
    re.IGNORECASE,
)
_MAC = re.compile(
    r"(?<![\w:-])(?:[0-9a-f]{2}([:-]))(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}(?![\w:-])", re.I
)


def holds_mail(text: str) -> bool:
    """Whether a text holds an e-mail address, with its signs or in words."""
    return any(one.search(text) for one in _MAILS)


def holds_handle(text: str) -> bool:
    """Whether a text holds an account on a network of people."""
    if any(not _ADDRESSED.match(found["name"]) for found in _AT_HANDLE.finditer(text)):
        return True
    return any(one.search(text) for one in _HANDLES)


def holds_machine(text: str) -> bool:
    """Whether a text holds the address of a machine on a network."""
    parts = ([int(one) for one in re.findall("[0-9]+", found[0])] for found in _IPV4.finditer(text))
    if any(0 in several or max(several) > _LARGEST_PARAGRAPH for several in parts):
        return True
    return any(one.search(text) for one in (_SAID_IPV4, _IPV6, _MAC))
