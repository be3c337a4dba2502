"""Ordinary words: what a word with a capital may be when it is no name.

Here: the dictionary, and the words, institutions, laws, methods and tools of this work that no
dictionary has.
Not here: names (`name_lists`), and how either shows in a text (`prose`).

The dictionary is that of `pyspellchecker`: words with how often they stand, in small letters, in
running text. It has names too, in small letters as well; those that stand in no running text are
left out, and `name_lists` takes out what is a name here.
"""

import gzip
import json
import unicodedata
from functools import lru_cache
from importlib.resources import files

# What the dictionary counts a word that was added from a spelling list alone.
_ONLY_SPELLED = 50
# What an English word counts: names of there stand among them, so it only tells that it is known.
ENGLISH = 1
# How often an English word stands before somebody here may use it: *privacy officer*.
_OFTEN = 300
# How often a word must stand here before it is a word although it is a name of somebody.
AS_A_WORD = 3000


def listed(words: str) -> frozenset[str]:
    """Words of one text, apart."""
    return frozenset(words.split())


def plain(text: str) -> str:
    """Small letters without accents."""
    parts = unicodedata.normalize("NFKD", text.lower().replace("’", "'"))
    return "".join(character for character in parts if not unicodedata.combining(character))


@lru_cache(maxsize=1)
def dictionary() -> dict[str, int]:
    """Words in use, plain, with how often the dictionary counted them; read once."""
    counts: dict[str, int] = {}
    for language, least in (("nl", _ONLY_SPELLED + 1), ("en", _OFTEN)):
        packed = (files("spellchecker") / "resources" / f"{language}.json.gz").read_bytes()
        for word, count in json.loads(gzip.decompress(packed)).items():
            if count >= least:
                key = plain(word)
                counts[key] = max(counts.get(key, 0), count if language == "nl" else ENGLISH)
    return counts


# Words that are names too, or may stand with a capital, and mean something else.
OWN_WORDS = listed(
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
    "kwaliteitszorg evaluatie lerend leren netwerk netwerken samenwerking keten regie uitvoering "
    "toezicht handhaving opsporing vervolging executie detentie rechtspraak hof vrede vrijheid "
    "democratie rechtsstaat dreiging dreigingen risico risicos analyse weging duiding advies "
    "adviseren wijk wijkteam basisteam districtsrecherche district districten eenheden landelijke "
    "vreemdelingenpolitie meldkamer alarmcentrale brandweer ambulance ziekenhuizen ggd ggz pasen "
    "pinksteren paasweekend kerstvakantie zomervakantie herfstvakantie voorjaarsvakantie "
    "meivakantie zomer winter lente herfst voorjaar najaar vlaanderen vlaams vlaamse wallonie "
    "duits engelstalig spaans spaanse italiaans italiaanse pools poolse somalisch somalische "
    "eritrees eritrese iraans iraanse afghaans surinaams surinaamse antilliaans antilliaanse "
    "islamitisch joods joodse christelijk katholiek prosecution service justice security safety "
    "board national court police office department ministry kustwacht bibliotheek state sociale "
    "verzekeringsbank immigratie naturalisatie inrichtingen vervoer orgaan opvang asielzoekers "
    "forensisch forensische instituut financial intelligence unit fiscale leger heils rode kruis "
    "koophandel vereniging gemeenten halt kinderbescherming veilig thuis criminele interventies "
    "luchtvaart verkeer rijkswaterstaat wereldbank olympische spelen nacht museum station airport "
    "arena ahoy malieveld binnenstad dodenherdenking vierdaagse pride dg wvo hoofdkantoor "
    "justitiele penitentiaire advocatuur orde advocaten notariaat deken bar council commission "
    "january february march april may june july august september october november december monday "
    "tuesday wednesday thursday friday saturday sunday english dutch the this that we our figures "
    "table power bi oracle sap access sql kibana tableau qlik microsoft onedrive adobe acrobat "
    "libreoffice chrome firefox edge git docker postgres google apple amazon philips kpn ing "
    "shell volvo deloitte kpmg clopper pearson newcombe wald agresti coull hodges spearman "
    "cronbach nelson greenwood gini lorenz markov monte carlo little erlang kendall youden brier "
    "benford simpson deming ishikawa kolmogorov smirnov shapiro mantel haenszel hosmer lemeshow "
    "breslow ljung levene tukey dunnett benjamini hochberg garwood efron schoenfeld satterthwaite "
    "nyquist durbin-watson holt-winters box-jenkins dickey-fuller cox-snell fine-gray "
    "anderson-darling scholz-stephens student fleiss lean six sigma scrum kanban agile sprint "
    "dpia pdca celsius carnaval offerfeest hemelvaartsdag pinksterdag paasdag kerstdag tweede "
    "eerste vrijdag haaglanden kennemerland gooi flevoland ijsselland fryslan zaanstreek "
    "waterland amstelland drechtsteden curacao aruba bonaire berlijn parijs londen washington "
    "straatsburg luxemburg geneve wenen kiev kyiv rome madrid lissabon warschau praag kopenhagen "
    "stockholm oslo helsinki dublin athene boekarest boedapest sofia belgrado ankara istanbul "
    "moskou jeruzalem teheran rabat paramaribo nederlandstalig nederlandstalige rekenkamer "
    "kiesraad beveiliging bewaking bescherming ondersteuning coordinatoren koninkrijk grondgebied "
    "dienstregeling oost-nederland noord-nederland zuid-nederland midden-nederland limburg "
    "noord-holland zuid- holland openbaar ministerie koninklijke marechaussee coordinatiecentrum "
    "bewaken beveiligen eenheid expertise operaties kenniscentrum adviesorgaan tijdelijk "
    "inspectie justitie veiligheid onderzoeksraad kamer staten generaal nationaal nationale "
    "coordinator terrorismebestrijding regionale conflict crisisbeheersing politie gemeente "
    "circulaire staatscourant nederland nederlandse europa europese unie noord oost zuid west "
    "midden brabant kwaliteitsplatform triagetafel sturingstafel stelsel objecten diensten "
    "procureur college hoofdofficier arrondissementsparket parket rechtbank raad minister maandag "
    "dinsdag woensdag donderdag zaterdag zondag januari februari maart oktober kerst hemelvaart "
    "koningsdag koppelvlak levering oordeelsformulier intakeformulier overdrachtsdossier dossier "
    "platform kwaliteitsmonitor monitor staatssecretaris burgemeester officier rechter wethouder "
    "directeur korpschef gerechtshof hoge rijk rijksoverheid provincie regio rijnmond twente "
    "achterhoek veluwe randstad zeeland benelux caribisch gezag bevoegd lokaal lokale driehoek "
    "veiligheidsregio veiligheidshuis korps dienst afdeling directie bureau recherche "
    "rijksrecherche douane reclassering slachtofferhulp belastingdienst marine defensie "
    "luchtmacht landmacht koninklijk huis kabinet koning koningin bevrijdingsdag kerstmis "
    "nieuwjaar nieuwjaarsdag sinterklaas oudjaar goede ramadan suikerfeest corona covid excel "
    "word teams sharepoint outlook powerpoint dagster streamlit python duckdb github jira "
    "confluence citrix webex zoom signal parquet xes json csv pdf xlsx windows linux kaplan meier "
    "aalen johansen poisson wilson shewhart cohen kappa krippendorff alpha beta gamma gauss "
    "bonferroni pareto gantt likert bayes fisher mann whitney kruskal wallis cox weibull triage "
    "aanwijzing toetsing afbouw herlevering peildatum intake overdracht dreigingsinschatting "
    "dreigingsniveau maatregel maatregelen besluit codeboek codebook thema norm versie bijlage "
    "tabel figuur paragraaf artikel hoofdstuk pagina fase stap scenario categorie niveau klasse "
    "type groep wet wetboek grondwet regeling verordening richtlijn protocol convenant nota "
    "kamerbrief kamerstuk motie rapport jaarverslag jaarplan begroting miljoenennota prinsjesdag "
    "rotterdamse amsterdamse haagse utrechtse brabantse limburgse friese groningse zeeuwse "
    "gelderse drentse overijsselse flevolandse hollandse haags amsterdams rotterdams utrechts "
    "engels engelse duitse belgisch belgische frans franse nederlands amerikaanse britse turks "
    "turkse marokkaans marokkaanse syrische oekraine oekraiense russische chinese nederlanders "
    "belgie duitsland frankrijk engeland europol eurojust interpol schengen brussel vn eu navo "
    "who oeso nen iso rijksdienst planbureau algemene ombudsman autoriteit persoonsgegevens "
    "universiteit hogeschool tilburg erasmus clingendael trimbos rathenau centraal statistiek "
    "cybersecurity openbare werken binnenlandse buitenlandse zaken koninkrijksrelaties financien "
    "infrastructuur waterstaat volksgezondheid welzijn sport mens mensen rechten verdrag "
    "strafrecht europees woo wob wiv latijnse latijn arabisch arabische krippendorffs directoraat "
    "militaire militair rechtspleging rechtshandhaving coordinerend coordinatie centrum "
    "terrorisme ondermijning staat staatsrecht bestuursrecht strafvordering adviseur adviseurs "
    "vierhoek tactisch strategisch strategische operationeel operationele overleg inlichtingen "
    "antwoord uitvoeringsorgaan bijzondere speciale kort korte jeugdzorg zorg onderzoek "
    "ontwikkeling digitale digitaal internationaal internationale regionaal ambassade consulaat "
    "luchthaven schiphol binnenhof vredespaleis raadkamer voorzitter secretaris lid leden "
    "commissaris commandant minister- president premier kroonprins kenmerk ministerraad "
    "kerndossier handboek leidraad werkgroep stuurgroep klankbordgroep projectgroep taskforce "
    "pilot project programma helpdesk servicedesk intranet internet onderwijs cultuur wetenschap "
    "economische klimaat landbouw natuur algemeen"
)
# Endings of institutions, documents and matters; a surname list is looked at before them.
ENDINGS = tuple(
    sorted(
        listed(
            "eel ele iele ionele aal ale air aire ief ieve bureau land landen lands landse stad "
            "steden eiland eilanden kust ing sector sectoren keten ketens kamer stelsel "
            "stelsels fonds fase dienst diensten raad commissie centrum centra team teams "
            "platform tafel tafels wet besluit besluiten regeling ministerie ministeries "
            "politie parket parketten register dag plan plannen akkoord programma instituut "
            "orgaan bestuur college rechtbank gerechtshof eenheid eenheden overleg monitor "
            "formulier formulieren systeem systemen rapportage rapport evaluatie directie "
            "afdeling organisatie organisaties universiteit inspectie autoriteit recherche "
            "justitie veiligheid beleid protocol convenant richtlijn handreiking kader "
            "conferentie courant loket meldpunt atie aties heid heden teit isme ering eringen "
            "regio lijst lijsten cijfer cijfers tijd tijden termijn termijnen norm normen zaak "
            "zaken dossier dossiers kwartaal jaar week maand periode aantal gegevens punt "
            "punten voorstel advies adviezen vraag vragen actie acties product producten meting "
            "metingen levering leveringen melding meldingen wijzing wijzingen stelling "
            "stellingen handeling zitting neming lijke lijk ische eerd eerde ende bare matig "
            "matige kundig kundige schap schappen ment menten kunde loop vlak vlakken isch stuk "
            "stukken recht eur eurs baar loos loze achtig elijk groep groepen houder houders "
            "gang gangen kosten werk werken ings ingen"
        )
    )
)
_FEWEST_BEFORE_ENDING = 3


def has_ending(key: str) -> bool:
    """Whether a word ends as institutions, documents and matters do, with a word before it."""
    return any(
        key.endswith(ending) and len(key) >= len(ending) + _FEWEST_BEFORE_ENDING
        for ending in ENDINGS
    )
