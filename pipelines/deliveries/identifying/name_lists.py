"""What is known of names: lists of first names, surnames and places, and of words that are none.

Here: the lists, and where they come from.
Not here: how a name shows in a cell or in prose (`names`).

First names come from the data file of `gender-guesser` (46,000 names with how common each is in
the Netherlands), surnames and places from `faker` (nl_NL), and names of people who came here later
from faker's other languages and from a list of our own: Surinamese, Antillean, Somali, Eritrean and
Ethiopian names are in none of them. Measured on 2026-11-23: of the first names that Faker lists for
the Netherlands and Flanders, gender-guesser knows 92% and 95%. No list is complete, so a capital in
the middle of a sentence is a name unless it is known to be something else: the last two lists say
what.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from importlib.resources import files

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


def listed(words: str) -> frozenset[str]:
    """Words of one text, apart."""
    return frozenset(words.split())


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
# Words that are names too, or may stand with a capital, and mean something else.
_OWN_WORDS = listed(
    "max min gem excl incl bijv resp evt t.a.v. i.v.m. ca nl nb ps aard ate be bo dien do dor "
    "fee flip free ge geo gooi halbe hay his inne just kick koop koord kommer lard lei linde "
    "luit mat meen meta minne moos nate non noem pier plus puck rem richt riek riem rink rose "
    "sake sal slim sol stem the tin treur veer wander wie wiek zwaan asse ame den per volg "
    "beoordeel gebruik vergelijk herhaal verwijder plan start stop rond regel test toets anders "
    "april augustus juni juli mei mark wil hein storm roos bloem dag maan art will sterk lang "
    "kort goed nieuw best zwart wit bruin rood groot klein bos berg dam dijk brug kamer raad "
    "zaak top stand lot ad tot door ook maar nog wel dan geen open hoog laag midden noord oost "
    "zuid west team page case in de het een alle na los van er mee bij zo rust vrij list data "
    "major minor low high medium wait other others queued accepted completed closed user vendor "
    "customer line prod org demo overig overige wij zij hij die dat dit wat hoe hun elk ieder "
    "sinds mede tijdens volgens niet nadat zodra omdat hoewel beide geheel nader eerder later "
    "graag onbekend nvt ja nee leeg vervallen zie verder daarnaast daarom daarvan daarmee "
    "hierdoor hiervan hierbij hierna hiervoor waarvan waarbij bijna vorige volgende volgend "
    "deze dezelfde eind begin half helft derde kwart procent gemiddeld gemiddelde mediaan "
    "aantal totaal ruim circa ongeveer minder meer minst meest vaak vaker soms nooit altijd "
    "steeds telkens alleen slechts zonder tussen vanaf binnen buiten boven onder voor achter "
    "naast al ant hal bang ras bel les week weken maand maanden jaar jaren kwartaal kwartalen "
    "dagen uur uren minuut minuten nul twee drie vier vijf zes zeven acht negen tien elf twaalf "
    "dertien twintig dertig veertig vijftig honderd duizend miljoen eerste tweede vierde vijfde "
    "laatste zesde zevende achtste negende conclusie besluit actie actiepunt vraag antwoord "
    "toelichting opmerking bijlage punt agenda reden oorzaak gevolg voorstel advies afspraak "
    "resultaat uitkomst status let dank bron tabel figuur grafiek norm doel kosten post blok "
    "kok koning prins smal slot ham spits loop ster lieve grote noor pauze piek pit pop rits "
    "sta stern tonen beter beste goede mist mits mocht moet mogelijk moment naam nam neem net "
    "nergens niemand nodig noch nu of om ondanks ons ontbrekende onze oude over overal overleg "
    "pas qua reeds samen sedert sommige straks tegelijk ten ter terug teveel toch toen uit "
    "uiteindelijk uiterlijk vandaag veel verreweg via vooral vooralsnog vroeg waar waarom "
    "wanneer want wegens weinig welke werd wordt zal zodat zoals zolang zowel zulke zullen "
    "heeft hebben had is was zijn waren kan kunnen zou zouden gaat komt blijft bleek blijkt "
    "gevraagd gemeld besproken afgesproken akkoord gereed klaar concept definitief spoed urgent "
    "belangrijk vertrouwelijk intern extern check ok prima correct onjuist juist fout nieuwe "
    "ernst frans bas els rein toon ton jet iris pascal elke lees engel hef leid geef maak meld "
    "noteer bekijk bespreek controleer vul zet laat stuur lever reken tel sluit kies mail "
    "ernstige ander lijn reeks grens waarde waarden cijfer cijfers figuren regels koos erna "
    "waarna daarna rij rijen kolom cel cellen bestand bestanden partij partijen partner "
    "partners keten"
)
# Institutions, places, laws, methods and tools that stand with a capital in a note.
VOCABULARY = listed(
    "open data overheid gegevensbescherming informatie integrale integraal sociaal cultureel "
    "zuidoost zuidwest noordoost noordwest log rank hazard expectations great aanpak plan "
    "strategie innovatie vastgoed bedrijf bedrijven rijksvastgoedbedrijf financiele financieel "
    "juridisch juridische technisch technische fysiek fysieke persoonsbeveiliging "
    "objectbeveiliging persoon personen intern interne extern externe landelijk provinciaal "
    "provinciale stedelijk stedelijke maatschappelijk maatschappelijke hoofd kwaliteit "
    "kwaliteitszorg evaluatie lerend leren netwerk netwerken samenwerking keten regie "
    "uitvoering toezicht handhaving opsporing vervolging executie detentie rechtspraak hof "
    "vrede vrijheid democratie rechtsstaat dreiging dreigingen risico risicos analyse weging "
    "duiding advies adviseren wijk wijkteam basisteam districtsrecherche district districten "
    "eenheden landelijke vreemdelingenpolitie meldkamer alarmcentrale brandweer ambulance "
    "ziekenhuizen ggd ggz pasen pinksteren paasweekend kerstvakantie zomervakantie "
    "herfstvakantie voorjaarsvakantie meivakantie zomer winter lente herfst voorjaar najaar "
    "vlaanderen vlaams vlaamse wallonie duits engelstalig spaans spaanse italiaans italiaanse "
    "pools poolse somalisch somalische eritrees eritrese iraans iraanse afghaans surinaams "
    "surinaamse antilliaans antilliaanse islamitisch joods joodse christelijk katholiek "
    "prosecution service justice security safety board national court police office department "
    "ministry kustwacht bibliotheek state sociale verzekeringsbank immigratie naturalisatie "
    "inrichtingen vervoer orgaan opvang asielzoekers forensisch forensische instituut financial "
    "intelligence unit fiscale leger heils rode kruis koophandel vereniging gemeenten halt "
    "kinderbescherming veilig thuis criminele interventies luchtvaart verkeer rijkswaterstaat "
    "wereldbank olympische spelen nacht museum station airport arena ahoy malieveld binnenstad "
    "dodenherdenking vierdaagse pride dg wvo hoofdkantoor justitiele penitentiaire advocatuur "
    "orde advocaten notariaat deken bar council commission january february march april may "
    "june july august september october november december monday tuesday wednesday thursday "
    "friday saturday sunday english dutch the this that we our figures table power bi oracle "
    "sap access sql kibana tableau qlik microsoft onedrive adobe acrobat libreoffice chrome "
    "firefox edge git docker postgres google apple amazon philips kpn ing shell volvo deloitte "
    "kpmg clopper pearson newcombe wald agresti coull hodges spearman cronbach nelson greenwood "
    "gini lorenz markov monte carlo little erlang kendall youden brier benford simpson deming "
    "ishikawa student fleiss lean six sigma scrum kanban agile sprint dpia pdca celsius "
    "carnaval offerfeest hemelvaartsdag pinksterdag paasdag kerstdag tweede eerste vrijdag "
    "haaglanden kennemerland gooi flevoland ijsselland fryslan zaanstreek waterland amstelland "
    "drechtsteden curacao aruba bonaire berlijn parijs londen washington straatsburg luxemburg "
    "geneve wenen kiev kyiv rome madrid lissabon warschau praag kopenhagen stockholm oslo "
    "helsinki dublin athene boekarest boedapest sofia belgrado ankara istanbul moskou jeruzalem "
    "teheran rabat paramaribo nederlandstalig nederlandstalige rekenkamer kiesraad beveiliging "
    "bewaking bescherming ondersteuning coordinatoren koninkrijk grondgebied dienstregeling "
    "oost-nederland noord-nederland zuid-nederland midden-nederland limburg noord-holland zuid- "
    "holland openbaar ministerie koninklijke marechaussee coordinatiecentrum bewaken beveiligen "
    "eenheid expertise operaties kenniscentrum adviesorgaan tijdelijk inspectie justitie "
    "veiligheid onderzoeksraad kamer staten generaal nationaal nationale coordinator "
    "terrorismebestrijding regionale conflict crisisbeheersing politie gemeente circulaire "
    "staatscourant nederland nederlandse europa europese unie noord oost zuid west midden "
    "brabant kwaliteitsplatform triagetafel sturingstafel stelsel objecten diensten procureur "
    "college hoofdofficier arrondissementsparket parket rechtbank raad minister maandag dinsdag "
    "woensdag donderdag zaterdag zondag januari februari maart oktober kerst hemelvaart "
    "koningsdag koppelvlak levering oordeelsformulier intakeformulier overdrachtsdossier "
    "dossier platform kwaliteitsmonitor monitor staatssecretaris burgemeester officier rechter "
    "wethouder directeur korpschef gerechtshof hoge rijk rijksoverheid provincie regio rijnmond "
    "twente achterhoek veluwe randstad zeeland benelux caribisch gezag bevoegd lokaal lokale "
    "driehoek veiligheidsregio veiligheidshuis korps dienst afdeling directie bureau recherche "
    "rijksrecherche douane reclassering slachtofferhulp belastingdienst marine defensie "
    "luchtmacht landmacht koninklijk huis kabinet koning koningin bevrijdingsdag kerstmis "
    "nieuwjaar nieuwjaarsdag sinterklaas oudjaar goede ramadan suikerfeest corona covid excel "
    "word teams sharepoint outlook powerpoint dagster streamlit python duckdb github jira "
    "confluence citrix webex zoom signal parquet xes json csv pdf xlsx windows linux kaplan "
    "meier aalen johansen poisson wilson shewhart cohen kappa krippendorff alpha beta gamma "
    "gauss bonferroni pareto gantt likert bayes fisher mann whitney kruskal wallis cox weibull "
    "triage aanwijzing toetsing afbouw herlevering peildatum intake overdracht "
    "dreigingsinschatting dreigingsniveau maatregel maatregelen besluit codeboek codebook thema "
    "norm versie bijlage tabel figuur paragraaf artikel hoofdstuk pagina fase stap scenario "
    "categorie niveau klasse type groep wet wetboek grondwet regeling verordening richtlijn "
    "protocol convenant nota kamerbrief kamerstuk motie rapport jaarverslag jaarplan begroting "
    "miljoenennota prinsjesdag rotterdamse amsterdamse haagse utrechtse brabantse limburgse "
    "friese groningse zeeuwse gelderse drentse overijsselse flevolandse hollandse haags "
    "amsterdams rotterdams utrechts engels engelse duitse belgisch belgische frans franse "
    "nederlands amerikaanse britse turks turkse marokkaans marokkaanse syrische oekraine "
    "oekraiense russische chinese nederlanders belgie duitsland frankrijk engeland europol "
    "eurojust interpol schengen brussel vn eu navo who oeso nen iso rijksdienst planbureau "
    "algemene ombudsman autoriteit persoonsgegevens universiteit hogeschool tilburg erasmus "
    "clingendael trimbos rathenau centraal statistiek cybersecurity openbare werken "
    "binnenlandse buitenlandse zaken koninkrijksrelaties financien infrastructuur waterstaat "
    "volksgezondheid welzijn sport mens mensen rechten verdrag strafrecht europees woo wob wiv "
    "latijnse latijn arabisch arabische krippendorffs directoraat militaire militair "
    "rechtspleging rechtshandhaving coordinerend coordinatie centrum terrorisme ondermijning "
    "staat staatsrecht bestuursrecht strafvordering adviseur adviseurs vierhoek tactisch "
    "strategisch strategische operationeel operationele overleg inlichtingen antwoord "
    "uitvoeringsorgaan bijzondere speciale kort korte jeugdzorg zorg onderzoek ontwikkeling "
    "digitale digitaal internationaal internationale regionaal ambassade consulaat luchthaven "
    "schiphol binnenhof vredespaleis raadkamer voorzitter secretaris lid leden commissaris "
    "commandant minister- president premier kroonprins kenmerk ministerraad kerndossier "
    "handboek leidraad werkgroep stuurgroep klankbordgroep projectgroep taskforce pilot project "
    "programma helpdesk servicedesk intranet internet onderwijs cultuur wetenschap economische "
    "klimaat landbouw natuur algemeen"
)


@dataclass(frozen=True)
class NameLists:
    """What is known of names, all in plain small letters.

    Attributes:
        first: First names, with how common each is in the Netherlands (0 to 13).
        last: Surnames, without their prefix.
        places: Places, countries and provinces; also each word of them.
        here: The surnames that are Dutch or of our own list.
        words: Ordinary words.
    """

    first: dict[str, int]
    last: frozenset[str]
    here: frozenset[str]
    places: frozenset[str]
    words: frozenset[str]


@lru_cache(maxsize=1)
def name_lists() -> NameLists:
    """The lists; read once, when a text first needs them."""
    from faker.providers.address.nl_NL import Provider as Places
    from faker.providers.lorem.nl_NL import Provider as Words

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
    first |= {one: max(_KNOWN_HERE, first.get(one, 0)) for one in _FIRST}
    here = _LAST | _without_prefixes(_surnames("nl_NL"), _surnames("nl_BE"))
    last = here | _without_prefixes(*(_surnames(one) for one in _LANGUAGES))
    places = {plain(one) for one in (*Places.cities, *Places.provinces, *Places.countries)}
    places |= {"den haag", "den bosch", "brussel", "antwerpen"}
    # Oost-Souburg is a place and so is Souburg; but Jan Mayen does not make Jan one.
    places |= {
        word
        for one in places
        for word in re.split(r"[ -]", one)
        if len(word) >= _FEWEST_LETTERS and word not in first
    }
    words = _OWN_WORDS | {plain(one) for one in Words.word_list}
    return NameLists(first, last, here, frozenset(places), words)


def _surnames(language: str) -> Iterator[str]:
    """Surnames of a language that has them in Latin letters."""
    provider = import_module(f"faker.providers.person.{language}").Provider
    for attribute in dir(provider):
        if attribute.startswith("last_names"):
            names = getattr(provider, attribute)
            yield from (one for one in names if isinstance(one, str) and plain(one).isascii())


def _without_prefixes(*several: Iterable[str]) -> frozenset[str]:
    return frozenset(
        word for names in several for one in names if (word := _without_prefix(plain(one)))
    )


def plain(text: str) -> str:
    """Small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(one for one in parts if not unicodedata.combining(one))


def _without_prefix(name: str) -> str:
    words = name.split()
    while len(words) > 1 and words[0] in PREFIXES:
        words = words[1:]
    return " ".join(words)
