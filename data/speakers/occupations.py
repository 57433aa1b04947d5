"""Occupations: the nouns that stand beside a name without being an office ("foreman Tobiah Crane").

A lower-case word is never part of a person's name, so before one any noun will do. The list decides where a capital
tells nothing: at the start of a sentence ("Printer Ambrus Kell said").
"""

from __future__ import annotations

import re

from data.speakers.lexicon import ROLE_NOUNS, words

_TRADES = words(
    """
    abbess abbot acrobat acupuncturist agronomist allergist anaesthetist anesthesiologist animator announcer
    anthropologist antiquarian apprentice arborist arbitrator archaeologist archeologist archer archivist
    assembler assessor astrologer athlete auctioneer audiologist auditor baker bailiff ballerina barber barista
    barmaid barman bassoonist beautician beekeeper biochemist biographer blacksmith boatbuilder boatman bodyguard
    bondsman bookbinder bookkeeper bookmaker bookseller botanist bouncer brakeman brewer bricklayer broker builder
    busboy butcher butler cabbie cabinetmaker caddie caddy cameraman camerawoman captain cardiologist caregiver
    carer cartographer cartoonist carver caseworker cashier caterer cellist ceramicist chambermaid chaplain
    chauffeur cheesemaker chemist childminder choirmaster choreographer cinematographer cleaner climatologist
    clockmaker clown cobbler cocoon colonel comedienne compere composer concierge confectioner conservationist
    conservator constable cooper copywriter cosmetologist cosmologist costumer courier cowboy coxswain craftsman
    craftswoman criminologist croupier cryptographer custodian cutler dairyman dancer deckhand demographer dentist
    dermatologist dietician dietitian dishwasher diver docent docker dockworker dramatist draftsman draper
    dressmaker drover drummer dyer economist electrician embalmer embroiderer engraver entertainer entomologist
    essayist estimator ethicist ethnographer etymologist evangelist farmhand farmworker farrier ferryman fiddler
    firefighter fireman fishmonger fitter flautist flutist florist flyer footballer forager forecaster foreman
    forester forewoman forger foundryman furrier futurist gamekeeper gardener gastroenterologist genealogist
    geneticist geochemist geographer geophysicist glassblower glazier goldsmith golfer gondolier governess grocer
    groom groundskeeper guitarist gunsmith gynaecologist gynecologist haberdasher hairdresser hairstylist handyman
    harbourmaster harbormaster harpist hatter headmistress healer helmsman herbalist herder herdsman hiker homemaker
    horologist horticulturalist horticulturist hostess housekeeper housekeeper humorist hydrologist hygienist
    hypnotist iceman illusionist illustrator immunologist importer innkeeper inspector insurer interpreter ironworker
    jailer janitor jeweller jeweler joiner juggler keeper kayaker laborer labourer lacemaker landlady landowner
    landscaper laundress laundryman layman leatherworker lecturer lexicographer lifeguard lighthousekeeper lineman
    lithographer lobsterman locksmith logger longshoreman lumberjack luthier machinist maestro magician maid
    mailman makeup-artist manicurist mariner mason masseur masseuse matchmaker matron metallurgist metalworker
    microbiologist midwife milkman miller milliner millwright milliner mime mineralogist miniaturist model
    mortician mountaineer muralist musicologist mycologist nanny naturalist naturopath navigator neonatologist
    neuropsychologist neurosurgeon newsagent newsreader notary numismatist nutritionist obstetrician oceanographer
    oilman oncologist ophthalmologist optician optometrist orderly organist ornithologist orthodontist osteopath
    outfitter oyster-farmer paediatrician palaeontologist paleontologist paralegal paratrooper parasitologist
    parishioner pastry-chef pathologist pawnbroker pedlar peddler percussionist perfumer pharmacist pharmacologist
    philatelist philologist phonetician photojournalist physiologist physiotherapist pianist picker piper planter
    plasterer ploughman podiatrist policymaker porter postman postmaster postmistress postwoman potter poultryman
    preacher pressman printer printmaker prioress professor projectionist prospector psychoanalyst psychotherapist
    publican publicist puppeteer quarryman quilter radiographer radiologist railwayman railwayworker rancher
    realtor referee reindeer-herder repairer repairman reservist retailer rider rigger roadie roofer sacristan
    saddler salesperson saleswoman salesgirl sawyer schoolboy schoolgirl schoolmaster schoolmistress schoolteacher
    scientist scriptwriter seaman seafarer seamstress secretary security-guard seismologist seller semiologist
    servant server settler sexton shearer shepherd shepherdess sheriff shipbuilder shipwright shoemaker shopkeeper
    showman signalman silversmith skier skipper smith smuggler snowboarder sommelier songwriter soprano tenor
    baritone contralto soloist speechwriter spinner squire stable-hand stagehand steelworker steeplejack
    stenographer stevedore steward stewardess stonecutter stonemason storekeeper storyteller streetsweeper stuntman
    stuntwoman stylist surfer surveyor swineherd tailor talent-scout tanner tattooist taxidermist taxpayer
    telephonist teller tentmaker thatcher tiler tinsmith toolmaker topographer town-crier toxicologist trapper
    trawlerman treasurer trombonist trucker trumpeter typesetter typist umpire undertaker upholsterer urbanist
    urologist usher valet ventriloquist verger vicar vintner violinist violist viticulturist volcanologist
    waitress warden warehouseman washerwoman watchmaker watchman weaver webmaster welder wheelwright whaler
    winegrower winemaker woodcarver woodcutter woodworker yachtsman yachtswoman yogi zookeeper lawyer solicitor
    seamster cyclist rower sprinter hurdler jumper thrower gymnast fencer weightlifter wicketkeeper batsman bowler
    goalkeeper linebacker linesman shortstop catcher cornerback trucker truck-driver busdriver cabdriver commuter
    pensioner retiree homeowner householder leaseholder leader churchgoer churchwarden councilmember
    councilperson jurist canon curate deacon deaconess friar hermit novice prelate seminarian theologist
    sexologist sinologist orientalist arabist kremlinologist gerontologist geriatrician haematologist hematologist
    herpetologist ichthyologist primatologist phlebotomist planetologist virologist ecologist epidemiologist
    astrophysicist statistician bioethicist computer-scientist coder hacker sysadmin gamer vlogger youtuber
    influencer podcaster livestreamer marksman sharpshooter bombmaker arsonist bricklayer bandleader bandmaster
    busker lyricist librettist conductor vocalist frontman frontwoman disc-jockey deejay impresario mc
    playwright essayist diarist memoirist sonneteer fabulist ghostwriter proofreader copyeditor
    """
) - {"cocoon"}
"""Trades, professions, ranks and callings beside those of ``ROLE_NOUNS``."""

_ENDING = re.compile(
    r"(?:ologist|ographer|onomist|iatrist|ician|otherapist|physicist|chemist|keeper|maker|worker|monger|grower|builder"
    r"|writer|player|driver|herder|breeder|seller|farmer|fighter|master|mistress|wright|smith|woman|person)$"
)

ALSO_NAMES = words(
    """
    abbot archer baker barber brewer butcher butler cannon carpenter carver chandler clark cook cooper cutler dyer
    farmer fisher fletcher forester foreman gardener gardner glover goldsmith groom harper hatter hunter joiner judge
    keeper king major marshall mason mercer miller milliner model page painter parker piper porter potter prior rider
    ryder sailor sawyer shepherd singer skinner skipper smith spencer squire steward sumner tanner taylor teller tiler
    trapper trinity tucker turner tyler usher walker warden warner weaver webster wheeler dancer dean deacon duke earl
    bishop chase coleman colonel gunner jagger ranger reeve thatcher miner novice tenor sherman norman
    """
)
"""Occupations that are first names or surnames too: before one more name they are no title."""


def is_occupation(word: str) -> bool:
    """Whether a folded noun tells what somebody does, by the list or by its ending ("cheesemonger")."""
    return word in ROLE_NOUNS or word in _TRADES or (len(word) > 6 and bool(_ENDING.search(word)))
