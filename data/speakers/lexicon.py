"""The closed word classes that naming leans on: honorifics, offices, role nouns, organisation nouns, pronouns.

All of them folded (lower case, no accents, no full stops). Offices stand before a name ("Sen. X", "President X"); role
nouns stand beside one ("X, an economist") or for one ("the economist").
"""

from __future__ import annotations

from typing import Literal

Gender = Literal["f", "m"]


def words(text: str) -> frozenset[str]:
    """The words of a text, as a set."""
    return frozenset(text.split())


HONORIFICS: dict[str, Gender | None] = {
    "mr": "m", "mister": "m", "sir": "m", "lord": "m", "mrs": "f", "ms": "f", "miss": "f", "madam": "f", "dame": "f",
    "lady": "f", "dr": None, "prof": None, "rev": None, "hon": None, "st": None, "mx": None, "baroness": "f",
    "baron": "m", "father": "m", "sister": "f", "brother": "m", "fr": "m", "rabbi": None, "imam": "m", "sheikh": "m",
    "king": "m", "queen": "f", "prince": "m", "princess": "f", "pope": "m", "sultan": "m", "duke": "m", "duchess": "f",
    "reverend": None, "msgr": "m", "saint": None, "aunt": "f", "uncle": "m", "emperor": "m", "earl": "m", "count": "m",
}  # fmt: skip
"""Titles of a person, with the gender they tell."""

ABBREVIATIONS: dict[str, str] = dict(
    pair.split(":")
    for pair in words(
        """
        sen:senator sens:senator rep:representative reps:representative gov:governor govs:governor gen:general
        lt:lieutenant col:colonel capt:captain sgt:sergeant cmdr:commander adm:admiral maj:major cpl:corporal
        det:detective prof:professor dr:doctor rev:reverend del:delegate supt:superintendent insp:inspector
        const:constable atty:attorney pres:president sec:secretary amb:ambassador cmsr:commissioner
        asst:assistant brig:brigadier cpt:captain ofc:officer dep:deputy cllr:councillor hon:honourable
        spc:specialist pvt:private ald:alderman assemb:assemblyman sheik:sheikh
        """
    )
)

REGAL = words(
    """
    pope king queen prince princess sultan emir emperor ayatollah sheikh father sister brother saint lord lady
    dame
    mother cardinal archbishop
    """
)
"""Titles that belong to a name of one word: "Pope Francis", "Prince Harry"."""

OFFICES = words(
    """
    president vice senator representative congressman congresswoman governor secretary minister premier
    chancellor mayor justice judge professor general lieutenant colonel captain sergeant commander admiral major
    detective chief director speaker leader chairman chairwoman chairperson chair commissioner attorney
    ambassador delegate constable inspector superintendent corporal officer coach sheriff treasurer councillor
    councilor councilman councilwoman assemblyman assemblywoman alderman envoy king queen prince princess pope
    cardinal archbishop bishop pastor reverend rabbi imam monsignor sultan emir sheikh ayatollah spokesman
    spokeswoman spokesperson nominee candidate editor reporter correspondent columnist analyst economist lawyer
    ceo cfo coo cto founder cofounder co-founder owner manager adviser advisor strategist consultant pollster
    aide doctor nurse dean provost principal administrator undersecretary deputy prosecutor solicitor counsel
    whip majority minority first prime foreign finance interior health defence defense environment education
    legislator lawmaker mp mpp mla msp mep tsar czar president-elect governor-general marshal sergeant-at-arms
    ombudsman magistrate coroner registrar regent dictator strongman warlord tycoon mogul comedian actor actress
    singer rapper author novelist poet playwright musician guitarist drummer bassist photographer artist
    filmmaker producer host anchor blogger activist organizer organiser volunteer student scientist researcher
    historian biologist physicist engineer astronaut designer architect billionaire businessman businesswoman
    entrepreneur developer investor quarterback defenceman defenseman forward goalie goaltender striker
    midfielder winger pitcher outfielder cyclist swimmer runner boxer golfer skater resident veteran farmer
    teacher
    """
)
"""Words that stand right before a name and tell that it is a person's."""

FIELDS = frozenset(
    {"foreign", "finance", "interior", "health", "defence", "defense", "environment", "education"}
    | {"majority", "minority", "first", "prime"}
)
"""Words of ``OFFICES`` that are a title only beside another: "Health Minister", never "Health"."""

ROLE_NOUNS = OFFICES | (
    words(
        """
    accountant advocate agent ally ambassador apologist assistant associate astronomer attendee author banker
    barrister bartender boss boyfriend bride broadcaster brother builder campaigner capitalist caretaker
    carpenter celebrity champion chef child chiropractor citizen claimant clergyman clerk cleric collector
    colleague comic commentator competitor conductor congregant conservative constituent constitutionalist
    contractor contributor convict cook coordinator co-ordinator cop counselor counsellor countryman cousin
    creator critic curator customer dad daughter defendant deputy developer diplomat doctor donor driver
    ecologist educator employee employer enthusiast epidemiologist executive ex-wife ex-husband expert
    eyewitness fan father fellow feminist fiance fiancee fighter financier firefighter fisherman friend
    geologist girl boy girlfriend graduate grandfather grandmother grandson granddaughter guard guest guide head
    hero hotelier housewife hunter husband immigrant incumbent informant inmate instructor intern interviewer
    inventor investigator jockey journalist juror killer landlord lady lecturer liberal librarian linguist
    litigator lobbyist loyalist magnate maker man woman mathematician mechanic mediator medic member mentor
    merchant meteorologist migrant miner minister missionary moderator monk mother mum mom mogul native neighbor
    neighbour neurologist neuroscientist newcomer novelist nun observer offender official operative operator
    opponent owner painter paramedic parent partner partisan passenger patient patriarch patron pediatrician
    performer philanthropist philosopher physician pilot pioneer planner player plumber policeman policewoman
    politician practitioner predecessor presenter priest prisoner producer programmer promoter proponent
    protester protestor psychiatrist psychologist publisher pundit pupil racer ranger rancher receptionist
    recruiter refugee regulator reporter resident restaurateur retiree rival runner sailor salesman scholar
    screenwriter sculptor senior shareholder shooter sibling sister skeptic sniper socialist sociologist soldier
    son specialist spokesman spouse star statesman statistician stepfather stepmother stockbroker successor
    suffragette supervisor supporter surgeon surrogate survivor suspect technician teenager teen tenant
    theologian therapist tourist trader trainer translator traveller trustee tutor uncle aunt nephew niece
    undergraduate veterinarian vet victim viewer villager virologist visitor voter waiter waitress warrior widow
    widower wife winner witness worker wrestler writer youth youngster zoologist mayor-elect governor-elect
    hopeful frontrunner front-runner contender standard-bearer running-mate mate heir monarch ruler insider
    outsider veteran legend icon trailblazer co-chair co-chairman cochair co-author coauthor co-owner
    co-director co-host vice-president vice-chair undersecretary headmaster headteacher chairwoman
    congressperson newsman newswoman anchorman gunman attacker assailant hacker whistleblower whistle-blower
    dissident exile fugitive kingpin mobster gangster robber burglar thief dean liaison ombudswoman
    policymaker premier-designate proprietor maverick caucus-goer delegate-elect
    """
    )
)
"""Nouns for one person, beside a name or in its place."""

FEMALE_NOUNS = words(
    """
    woman girl lady mother mom mum wife widow daughter sister aunt niece grandmother granddaughter girlfriend
    fiancee actress waitress spokeswoman chairwoman congresswoman businesswoman councilwoman assemblywoman
    policewoman queen princess duchess baroness heiress hostess nun stepmother stepdaughter ex-wife headmistress
    housewife goddess bride newswoman saleswoman ombudswoman matriarch comedienne ballerina godmother
    ex-girlfriend suffragette
    """
)
MALE_NOUNS = words(
    """
    man boy gentleman father dad husband widower son brother uncle nephew grandfather grandson boyfriend fiance
    waiter spokesman chairman congressman businessman councilman assemblyman policeman king prince duke baron
    monk priest pope stepfather stepson ex-husband headmaster groom newsman salesman ombudsman fisherman
    statesman clergyman gunman patriarch guy cardinal archbishop bishop imam ayatollah sultan emir sheikh
    monsignor alderman anchorman godfather ex-boyfriend
    """
)

PERSON_MODIFIERS = words(
    """
    former late then ex acting interim current longtime long-time veteran prominent senior junior chief deputy
    vice assistant associate executive managing national regional state federal local presidential democratic
    republican conservative liberal labour campaign press communications policy political public legal medical
    financial foreign police fire city county provincial retired outgoing incoming incumbent newly-elected
    elected fellow young old top leading general staff district defense defence human rights world one-time
    onetime self-described self-proclaimed right-wing left-wing prime party house senate team club company union
    board school church university college hospital project program programme research law security intelligence
    military army navy air force marketing media news music sports football hockey baseball soccer founding co
    running acclaimed renowned famed legendary popular controversial embattled
    """
)

ORG_NOUNS = words(
    """
    academy archdiocese diocese parish syndicate administration agency airline airlines airport alliance army
    assembly assn association authority
    bank board broadcaster brigade bureau business cabinet campaign caucus center centers centre centres chamber
    charity church archives guard images
    city clinic club coalition college commission committee company conference congress consortium convention
    cooperative corp corporation corps council county court department directorate district division embassy
    enterprise enterprises exchange executive federation firm force forces forum foundation front fund
    government group guild hospital house inc industries initiative institute institution joint journal kremlin
    laboratory labs league legislature libraries library limited llc lodge ltd mafia magazine media militia
    ministry mission mosque movement museum nation nations navy network news newspaper ngo nonprofit observatory
    office orchestra organisation organization paper parliament partners partnership party patrol police post
    press project prosecution publication registry regiment reserve restaurant rights school schools secretariat
    senate service services society squad startup state station store studio studios syndicate synagogue task
    team technologies telegraph temple think-tank times today treasury tribune tribunal troops trust union
    universities university utility watch watchdog website works workers fraternity outlet report action panel
    jury carrier automaker retailer manufacturer maker publisher bloc body hotel hotels holdings capital
    ventures management associates communications systems solutions pharmaceuticals motors energy international
    global international's records pictures entertainment productions theatre theater gallery zoo festival
    """
)
"""Nouns that head an organisation's name or stand for one ("the agency")."""

DOCUMENT_NOUNS = words(
    """
    affidavit analysis announcement article audit bill blog book brief complaint constitution column communique
    dossier email e-mail editorial essay filing findings indictment law lawsuit letter memo memorandum memoir
    message note notice order paper petition poll polls post press-release release report reports review ruling
    script statement statistics statute study studies suit summary survey surveys testimony transcript tweet
    tweets verdict video warrant website data documents document decision decree manifesto motion opinion
    platform policy proposal publication records research resolution text treaty numbers figures advertisement
    ad ads advert bulletin cable census headline results film documentary
    """
)

GROUP_NOUNS = words(
    """
    people men women children kids parents couple pair trio brothers sisters family families residents officials
    authorities experts critics supporters opponents voters democrats republicans lawmakers senators
    representatives members leaders workers students teachers doctors scientists researchers analysts economists
    protesters protestors activists advocates lawyers attorneys prosecutors investigators witnesses sources
    aides advisers advisors allies friends neighbors neighbours relatives others some many most both several few
    observers historians scholars reporters journalists editors fans players owners businesses companies firms
    groups organizations organisations agencies governments countries nations states cities users customers
    consumers employees employers executives conservatives liberals progressives delegates candidates rivals
    colleagues soldiers troops rebels militants farmers guests participants respondents chiefs elders staff
    crowd audience public those they americans canadians
    """
)

NOT_PEOPLE = words(
    """
    states nations countries cities companies businesses firms groups organizations organisations agencies governments
    """
)
"""Nouns of groups that are no people: "United States" is a name, "Establishment Republicans" is none."""

MALE_PRONOUNS = frozenset(["he", "him", "his", "himself"])
FEMALE_PRONOUNS = frozenset(["she", "her", "hers", "herself"])
PLURAL_PRONOUNS = frozenset(["they", "them", "their", "theirs", "themselves"])
FIRST_PRONOUNS = frozenset(["i", "me", "my", "mine", "myself"])
FIRST_PLURAL = frozenset(["we", "us", "our", "ours", "ourselves"])
RELATIVE_PRONOUNS = frozenset(["who", "whom", "whose", "which", "that"])
OTHER_PRONOUNS = words(
    """
    it its itself you your one someone somebody anyone everyone everybody nobody this these
    """
)
PRONOUNS = (
    MALE_PRONOUNS
    | FEMALE_PRONOUNS
    | PLURAL_PRONOUNS
    | FIRST_PRONOUNS
    | FIRST_PLURAL
    | RELATIVE_PRONOUNS
    | OTHER_PRONOUNS
)

PARTICLES = words(
    """
    van von der den de del della di da dos das du la le el al bin ibn ben bint ter ten zu zur af av y e san abu
    ul ur
    """
)
SUFFIXES = words(
    """
    jr sr ii iii iv esq phd md
    """
)
GENERATIONS = frozenset(["jr", "sr", "ii", "iii", "iv"])
"""Suffixes that tell one bearer of a name from another."""

NOT_IN_NAMES = words(
    """
    monday tuesday wednesday thursday friday saturday sunday january february march april may june july august
    september october november december jan feb mar apr jun jul aug sept sep oct nov dec mon tue wed thu fri sat
    sun today yesterday tomorrow christmas easter thanksgiving ramadan
    """
)
SENTENCE_OPENERS = words(
    """
    a an the this that these those and but or nor so yet for if when while as at by in on of from to with
    without after before since until although though because unless whether where what who whom whose which why
    how not no yes all any both each every either neither some many most more much few several other another
    such one two three four five six seven eight nine ten once now then there here he she it they we i you his
    her its their our your my him them us me also only just even still again meanwhile however instead according
    despite during through throughout among amid against about above across along around behind below beneath
    beside between beyond like near over under up down out off into onto upon within per via versus is are was
    were be been being am do does did has have had can could will would shall should may might must let get got
    go went come came see read watch click photo said says asked told added earlier later last next first second
    third finally perhaps maybe indeed rather thus therefore hence never always often sometimes usually recently
    currently formerly today yesterday tonight well ok okay oh ah hey please thank thanks   bad great
     old former late longtime long less very too quite almost nearly people everyone everybody nobody someone
    something nothing everything given following based related share advertisement video image images file
    courtesy caption story speaking writing responding referring citing noting adding calling asking saying
    updated published editor's note additionally moreover furthermore nevertheless nonetheless otherwise
    likewise similarly besides already soon thankfully fortunately unfortunately clearly obviously apparently
    reportedly allegedly supposedly eventually ultimately initially having whereas till than ago twice half part
    say suppose imagine amongst
    that's it's he's she's they're we're you're i'm i've don't didn't doesn't isn't aren't wasn't weren't won't
    wouldn't can't couldn't let's there's here's what's who's where's
    """
)
"""Words whose capital letter says nothing: they open a sentence."""

COUNTRIES = words(
    """
    afghanistan albania algeria angola argentina armenia australia austria azerbaijan bahrain bangladesh belarus
    belgium bolivia bosnia botswana brazil britain brunei bulgaria burma burundi cambodia cameroon canada chile
    china colombia congo croatia cuba cyprus denmark ecuador egypt england eritrea estonia ethiopia fiji finland
    france gabon gambia germany ghana greece guatemala guinea guyana haiti honduras hungary iceland india
    indonesia iran iraq ireland israel italy jamaica japan kazakhstan kenya korea kosovo kuwait kyrgyzstan laos
    latvia lebanon liberia libya lithuania luxembourg macedonia madagascar malawi malaysia mali malta mauritius
    mexico moldova monaco mongolia montenegro morocco mozambique myanmar namibia nepal netherlands nicaragua
    niger nigeria norway oman pakistan palestine panama paraguay peru philippines poland portugal qatar romania
    russia rwanda samoa scotland senegal serbia singapore slovakia slovenia somalia spain sudan suriname sweden
    switzerland syria taiwan tajikistan tanzania thailand togo tonga tunisia turkey turkmenistan uganda ukraine
    uruguay uzbekistan vanuatu vatican venezuela vietnam wales yemen zambia zimbabwe
    """
)
STATES = words(
    """
    alabama alaska arizona arkansas california carolina colorado connecticut delaware florida hawaii idaho
    illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi
    missouri montana nebraska nevada hampshire jersey ohio oklahoma oregon pennsylvania rhode tennessee texas
    utah vermont wisconsin wyoming
    """
)
"""The states of the USA, the last word of those of two ("Carolina")."""

PLACES = (
    COUNTRIES
    | STATES
    | words(
        """
        alberta manitoba ontario quebec québec saskatchewan newfoundland labrador nunavut yukon columbia brunswick
        scotia washington york london paris moscow beijing tokyo berlin rome madrid brussels ottawa toronto montreal
        vancouver calgary edmonton winnipeg chicago boston philadelphia houston dallas atlanta miami detroit seattle
        denver phoenix baltimore cleveland pittsburgh minneapolis angeles francisco diego vegas orleans antonio
        jerusalem tehran baghdad damascus kabul cairo istanbul ankara athens dublin edinburgh glasgow manchester
        liverpool birmingham sydney melbourne delhi mumbai hong kong shanghai seoul pyongyang bangkok kiev kyiv
        warsaw prague vienna budapest geneva zurich stockholm oslo copenhagen helsinki amsterdam lisbon africa asia
        europe america americas antarctica arctic atlantic pacific caribbean mediterranean crimea chechnya gaza
        tibet kurdistan catalonia bavaria guam north south east west northern southern eastern western central
        county city island islands lake river mount mountain mountains valley beach street avenue road boulevard bay
        coast park square bridge hill hills highway hall heights creek falls harbour harbor point fort port
        """
    )
)
"""Words of place names: a run with one of them is no person unless something else says so."""

DEMONYMS = words(
    """
    american british canadian chinese russian french german italian spanish japanese mexican israeli palestinian
    iranian iraqi syrian turkish indian pakistani afghan australian irish scottish welsh english polish
    ukrainian korean vietnamese cuban brazilian argentine saudi egyptian libyan tunisian nigerian kenyan
    ethiopian somali sudanese swedish norwegian danish finnish dutch belgian swiss austrian greek portuguese
    hungarian czech romanian bulgarian serbian croatian european african asian arab kurdish jewish muslim
    christian catholic protestant hindu buddhist latino hispanic texan californian zimbabwean malaysian
    indonesian filipino thai samoan democratic republican conservative liberal labour tory gop u.s us uk u.k eu
    e.u un u.n
    """
)

SPEECH_VERBS = words(
    """
    said says say told tells tell added adds wrote writes tweeted argued argues asked asks noted notes claimed
    claims explained explains insisted insists warned warns urged urges called calls denied denies announced
    announces stated states replied responded continued testified acknowledged admitted believes believed thinks
    thought suggested suggests recalled recalls declared vowed promised accused criticized criticised praised
    described describes confirmed predicted quipped joked
    """
)

SPEAKS_FOR = words(
    """
    spokesman spokeswoman spokesperson spokespeople representative rep lawyer attorney aide adviser
    """
)
"""Nouns of people who speak for somebody else."""

SAYINGS = words(
    """
    statement tweet tweets letter email e-mail memo testimony speech post release website site message op-ed
    essay editorial memoir memoirs autobiography
    blog affidavit remarks comments brief filing account recollection telling
    """
)
"""What somebody says, named as a thing: "her statement" is she."""

GENERIC_ORGS = words(
    """
    company firm group organization organisation agency nonprofit non-profit union association charity network
    newspaper paper outlet institution body retailer automaker airline manufacturer maker business corporation
    lender bank publication magazine website station broadcaster carrier think-tank watchdog league startup
    start-up giant chain operator developer alliance cooperative site
    """
)
"""Nouns that may stand for any organisation just named."""

FOLLOWS_A_NAME = words(
    """
    a an
    of for at in with from on to who whom which that and or as by during herself himself itself
    after before when while until till since because amid against about over under via through despite but
    this last next earlier later today tonight yesterday again also then now once twice here there recently
    has had is was says said
    """
)
"""Lower-case words after a name that leave it the head of its phrase."""

SAYING_AS = words(
    """
    saying adding noting arguing claiming calling warning explaining insisting writing stating telling
    """
)
"""Participles that go on with the subject's words: "he accused ..., adding that"."""

LEADS = words(
    """
    the a an even only but and though also both when while then now former not perhaps like
    """
)
"""Words before a name that change nothing about whose it is."""

GRAMMAR = words(
    """
    a an the this that these those and but or nor so for if when while as at by in on of from to with without
    after before he she it they we i you his her its their our your my is was are were has had have did does
    do can could would should said says asked told who what where why how not no
    """
)
"""Words that never are a surname, not even with a capital."""

PREPOSITIONS = words(
    """
    of for at in with from on to who whose that which by and or as after before under during since near
    against
    """
)
"""Words that end the head of a noun phrase."""

VERBS = words(
    """
    had has have was were is are be been did does do said says told asked can could would will
    """
)
"""Verbs with which no role begins."""

WEAK_FIRST = words(
    """
    will may april june august summer hope faith grace prince sultan christian victoria florence sydney
    chelsea charlotte austin jordan paris georgia virginia carolina dakota alberta orlando nelson dallas
    houston art mark grant frank rich dean duke earl marshall king norman orange china mason miles guy ward
    sterling london madison jefferson lincoln jackson clinton harrison logan jersey holly rose pearl ruby dawn
    crystal joy carol penny sunny young gay angel jesus bill chase drew rod dick bob dale ray ford wade lance
    cliff clay buck rusty aurora eve ivy angus columbia cook lake max sky brook heath hunter parker carter
    taylor tyler brooklyn ash love stone page iris olive hazel violet ginger sandy
    """
)
"""First names that are ordinary words, places or surnames too."""

LEGAL_FORMS = words(
    """
    inc corp co ltd llc plc limited corporation company incorporated gmbh ag sa
    """
)
"""Legal forms at the end of a company's name."""

SMALL = words(
    """
    of the and for on in to at a an de la
    """
)
"""Words that give no letter to an acronym."""

OUTLETS = words(
    """
    reuters politico breitbart bloomberg axios vox slate salon newsweek xinhua tass interfax kyodo yonhap breitbart fox
    buzzfeed huffpost gallup twitter facebook google wikileaks wikinews quinnipiac rasmussen telemundo univision
    microsoft amazon tesla apple boeing nokia volkswagen toyota uber netflix pfizer
    """
)
"""News outlets, pollsters and companies of one word, which a small entity model takes for people."""
