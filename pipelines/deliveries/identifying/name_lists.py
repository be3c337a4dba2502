"""What is known of names: lists of first names, surnames and places.

Here: the lists, and where they come from.
Not here: ordinary words (`words`), and how a name shows in a cell or in prose (`names`, `prose`).

First names come from the data file of `gender-guesser` (46,000 names with how common each is in
the Netherlands), surnames and places from `faker` (nl_NL), and names of people who came here later
from faker's other languages and from a list of our own: Surinamese, Antillean, Somali, Eritrean and
Ethiopian names are in none of them. Measured on 2026-11-23: of the first names that Faker lists for
the Netherlands and Flanders, gender-guesser knows 92% and 95%. No list is complete, so a capital in
the middle of a sentence is a name unless it is known to be something else.

A word of the dictionary that is the name of somebody elsewhere, and of nobody here, is a word.

`gender-guesser` is under the GPL-3.0 and its list under the GFDL: the list is read from the package
as installed, in this module alone, and is neither changed nor shipped. Faker's lists, under the MIT
licence, lack 2,833 of the 3,576 names it knows in the Netherlands, and do not say how common one is
there, by which small letters are judged (counted on 2026-11-26).
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.resources import files

from pipelines.deliveries.identifying.words import AS_A_WORD, OWN_WORDS, dictionary, listed, plain

# Columns of the data file that say how common a name is, one per country; this is ours.
_FREQUENCY_COLUMN = 40
_NAME_COLUMNS = slice(3, 29)
_FEWEST_LETTERS = 3
# How common a name of our own list counts: enough to be believed in small letters.
_KNOWN_HERE = 4
_LANGUAGES = (
    "ar_DZ", "az_AZ", "de_DE", "en_GB", "en_IN", "en_KE", "en_NG", "en_PK", "es_CO",
    "es_ES", "fr_BE", "fr_DZ", "fr_FR", "ha_NG", "hr_HR", "id_ID", "ig_NG", "it_IT", "pl_PL",
    "pt_BR", "pt_PT", "ro_RO", "sw", "tr_TR", "tw_GH", "uz_UZ", "vi_VN", "yo_NG",
)  # fmt: skip


PREFIXES = listed(
    "van de der den het 't ten ter te op in aan bij over onder uit von vom la le du da di del "
    "dos das do el al ben bin bint ibn ould abu abd d l v d. v. vd v/d v.d. e.v. y e"
)
# Names of communities that no list has.
_FIRST = listed(
    "abdi abdirahman abdirashid abdullahi abdikarim abdinasir abdulkadir abshir asad ayaan ayan "
    "aweys bashir bile cabdi caasha cali daahir dahir deeqa duale fadumo faduma farhiya farah "
    "fartun filsan guled halimo hamdi hibo hodan hodo hoodo ifrah idil ismahan jama jamilo "
    "khadra ladan liban maxamed mahad mohamud muna nimco nimo omar qali ramla sagal saido "
    "shamso shukri sahra warsame yasmiin yusuf zamzam abeba abebe alem almaz aster berhane "
    "biniam bisrat dawit desta eden elsa ephrem eyob fikru filmon frewoini genet girma haben "
    "haile hana helen henok hiwet kebede kidane kiflom letebrhan luwam medhanie mebrahtu "
    "merhawi meron mihret mulu nahom natnael rahwa robel ruta saba samrawit selam semhar senait "
    "simret solomon tekle temesgen tesfay tewodros tirhas tsegay winta yohannes yonas yordanos "
    "zerai anand anil aroen ashwin asha bharti chandra dewi dharma djaya faroek farida gaitri "
    "glenn henna indra jagdies jerrel kamla kavita lakshmi mahinder naresh nirmala orlando "
    "prakash radj radjin rajesh rakesh ramesh ravi resham rishi roshni santosh sanjay sarita "
    "satish shanti sharmila soeradj soerin soeshila sunil sunita surya usha vijay vikash wikash "
    "wonny jairzinho gianni giovanca giovanny quincy rutsel shaniqua shurandy sherwin tyrone "
    "vinroy xiomara yandro zjeneffa churandy jurickson raquel mildred rignaal elvis curtis "
    "sidney edsel ikram ilham ilyas imane ismael issam jaouad karim khadija khalid latifa "
    "loubna mimoun mohamed mohammed mounir mustapha nabil nadia naima najat nordin noureddine "
    "ouafae rachid rachida saida samira siham soufian soumaya tarik touria yassin yassine "
    "younes youssef zakaria zineb ayse fatma hatice emine elif zeynep mehmet mustafa ahmet "
    "hasan huseyin murat emre burak cem ahmad mahmoud khaled bassam ghassan hussein rania reem "
    "sara zahra ali reza maryam shirin wei ming xiu mei ling jun hui thanh nguyen minh tuan "
    "kofi kwame ama abena akua yaw"
)
_LAST = listed(
    "warsame farah abdi jama hassan hussein mohamud nur elmi guled osman adan aden isse gedi "
    "egal abdullahi samatar duale tekle tesfay haile berhane gebre gebremariam gebrehiwot "
    "kidane mebrahtu ghebremedhin woldemariam habte tesfaye kebede bekele tadesse girma "
    "mengistu alemu ramdin ramdas jagroep bissessar bisessar sewnandan soerdjan baldewsingh "
    "baldew bihari biharie ramlal rampersad ramsoedh ramautar ramcharan mahabier mahabali "
    "kanhai lachman lachmon jhagroe jadoenath gangaram panday pinas pengel wijdenbosch "
    "venetiaan bouterse brunswijk somohardjo soewarto kartosen kromoredjo amatmohamed sital "
    "sardjoe tewarie soekhoe soechit djwalapersad gopal gopalrai oedayraj raghoebarsing "
    "ramkisoen ramkhelawan ramnath sheorajpanday sookhlall seedorf rijkaard winter kluivert "
    "davids hasselbaink menzo blinker reiziger vanenburg landvreugd emnes zeefuik castelen "
    "wijnaldum kromowidjojo accord roemer cairo lieveld pocornie grunberg martina maduro "
    "pourier römer martis cijntje isenia croes eman oduber wever rosalia willems winklaar "
    "statia schoop leito doran janga zimmerman koeiman pieternella sint-jago cornelia wawoe "
    "benali amrani idrissi bouzidi alaoui bennani chaoui haddad mansouri ouali tahiri ziani "
    "aissati bouali azzouzi elkhatib khatib masri najjar shami halabi bakkali ouazzani jaddi "
    "yahyaoui bouhali boulahrouz afellay ziyech mazraoui labyad amrabat tannane yilmaz kaya "
    "demir celik sahin yildiz ozturk aydin arslan dogan kilic aslan cetin kara koc kurt ozkan "
    "simsek polat erdogan aksoy hosseini ahmadi karimi rezaei moradi rahimi jafari noori "
    "haidari sultani amiri nazari nguyen tran pham chen wang zhang huang liu yang zhao zhou "
    "singh kaur sharma patel kumar khan owusu mensah boateng asante osei appiah okafor eze "
    "adeyemi diallo traore keita kone toure sow"
)
# Surnames as they are written in Hong Kong, Taiwan, Singapore and Suriname; those in pinyin, the
# spelling of the mainland, come from faker.
_CHINESE = listed(
    "au chan chau cheng cheong cheung chiang chiu cho choi chong chow chu chui chung fok fong fung "
    "goh hau ho hsieh hsu hui hung ip kam kan ko kong koo kuo kwan kwok kwong lai lam lau law lee "
    "leong leung lim lin lok loo lui luk lum ma mak man mok mui ng ngai ong pang poon pun quan "
    "shek shum sin sit siu sze szeto tai tam tan tang tay teo tjin tjon tjong to tong tsai tsang "
    "tse tseng tsoi tsui tung wan wong woo yam yau yeo yeung yip yiu yu yue yuen yung fa joe akie"
)


@dataclass(frozen=True)
class NameLists:
    """What is known of names, all in plain small letters.

    Attributes:
        first: First names, with how common each is in the Netherlands (0 to 13).
        last: Surnames, without their prefix.
        places: Places, countries and provinces; also each word of them.
        here: The surnames that are Dutch or of our own list.
        chinese: Chinese surnames; most are short, and many are words of Dutch.
        words: Ordinary words.
    """

    first: dict[str, int]
    last: frozenset[str]
    here: frozenset[str]
    chinese: frozenset[str]
    places: frozenset[str]
    words: frozenset[str]


@lru_cache(maxsize=1)
def name_lists() -> NameLists:
    """The lists; read once, when a text first needs them."""
    from faker.providers.address.nl_NL import Provider as Places
    from faker.providers.lorem.nl_NL import Provider as Words
    from faker.providers.person.zh_CN import Provider as Chinese
    from faker.providers.person.zh_TW import Provider as Taiwanese

    first: dict[str, int] = {}
    text = (
        (files("gender_guesser") / "data" / "nam_dict.txt").read_bytes().decode("utf-8", "replace")
    )
    for line in text.splitlines():
        name = line[_NAME_COLUMNS].strip()
        if line.startswith("#") or not name or "<" in name:
            continue
        mark = line[_FREQUENCY_COLUMN : _FREQUENCY_COLUMN + 1].strip()
        weight = int(mark, 16) if re.fullmatch("[0-9A-Fa-f]", mark) else 0
        for spelling in {plain(name.replace("+", part)) for part in ("", "-", " ")}:
            first[spelling] = max(first.get(spelling, 0), weight)
    first |= {name: max(_KNOWN_HERE, first.get(name, 0)) for name in _FIRST}
    here = _LAST | _without_prefixes(_surnames("nl_NL"), _surnames("nl_BE"))
    last = here | _without_prefixes(*(_surnames(language) for language in _LANGUAGES))
    places = {plain(place) for place in (*Places.cities, *Places.provinces, *Places.countries)}
    places |= {"den haag", "den bosch", "brussel", "antwerpen"}
    # Oost-Souburg is a place and so is Souburg; but Jan Mayen does not make Jan one.
    places |= {
        word
        for place in places
        for word in re.split(r"[ -]", place)
        if len(word) >= _FEWEST_LETTERS and word not in first
    }
    used = dictionary()
    names_here = {name for name, weight in first.items() if weight} | here
    elsewhere = {
        word for word, count in used.items() if count >= AS_A_WORD and word not in names_here
    }
    words = {word for word in used if word in elsewhere or not (word in first or word in last)}
    return NameLists(
        first={name: weight for name, weight in first.items() if name not in elsewhere},
        last=last - elsewhere,
        here=here,
        chinese=_CHINESE
        | {
            plain(name) for name in (*Chinese.last_romanized_names, *Taiwanese.last_romanized_names)
        },
        places=frozenset(places),
        words=OWN_WORDS | words | {plain(word) for word in Words.word_list},
    )


def _surnames(language: str) -> Iterator[str]:
    """Surnames of a language that has them in Latin letters."""
    provider = import_module(f"faker.providers.person.{language}").Provider
    for attribute in dir(provider):
        if attribute.startswith("last_names"):
            names = getattr(provider, attribute)
            yield from (name for name in names if isinstance(name, str) and plain(name).isascii())


def _without_prefixes(*several: Iterable[str]) -> frozenset[str]:
    return frozenset(
        word for names in several for name in names if (word := _without_prefix(plain(name)))
    )


def _without_prefix(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[0] in PREFIXES:
        words = words[1:]
    return " ".join(words)
