"""Common first names by gender, and nicknames: a small list of what English-language news is full of.

A first name is evidence, never proof: it makes a run of capitalised words more likely a person, and gives a gender only
where the article has no title, role or pronoun that says otherwise. Names borne by both genders are in neither list.
"""

from __future__ import annotations

from typing import Literal

_MALE = """
aaron abdul abdullah abe abraham adam adolf adrian ahmad ahmed aidan al alan alastair albert alberto alec alejandro
aleksandr alessandro alexander alexandre alexei alexey alfonso alfred ali alistair allan allen alvin
ambrose amir amit amitabh anand anatoly anders andre andreas andrei andrew andriy andrzej andré andy angelo angus
ansar anthony antoine anton antonio antony archie ari arjun armando armin arnaud arnold art arthur arturo arvind asad
asher ashraf atiq august axel ayman aziz babatunde baldev barack barney barry bart bashar basil ben benito benjamin
benny bernard bernie bert bill billy bjorn bob bobby boris brad bradford bradley brandon branko brendan brent bret
brett brian bruce bruno bryan bud burt byron caleb calvin cameron carl carlo carlos carlton cecil cedric cesar chad
charles charlie chester chet chinedu chris christian christoph christophe christopher chuck ciaran clarence clark
claude clay clayton clement cliff clifford clint clinton clive clyde cody colin conor conrad corey cormac cornelius
cory craig curt curtis cyril cyrus dale damian damien damon dan daniel danny darcy darian dariusz darrell darren
darryl dave david dean declan deepak denis dennis denny derek derrick desmond devin dexter didier diego dieter dimitri
dirk dmitri dmitry dominic don donald donnie doug douglas dragan drew duane dudley duncan dustin dwayne dwight dylan
eamon earl ed eddie edgar edmund eduardo edward edwin eli elias elijah elliot elliott elmer elon emanuel emeka emil
emilio emmanuel emmett enrique eric erich erik ernest ernesto ernie ervin ethan eugene evan evgeny ezra fabian faisal
farid felipe felix fernando fidel floyd francesco francis francisco franco francois frank frankie franklin franz
françois fred freddie frederick fritz gabriel gareth garrett gary gavin gene geoff geoffrey george gerald gerard
gerhard gerry giancarlo gideon gilbert giles giorgos giovanni giuseppe glen glenn goran gordon graeme graham grant
greg gregg gregory guido guillaume guillermo gunter gus gustavo guy hamid hamza hank hans harold haroun harrison harry
haruki harvey hassan hector heinrich henri henrik henry herb herbert herman hiroshi homer horace howard hubert hugh
hugo hussein ian ibrahim igor ike imran ion ira irving isaac isaiah ismail ivan jack jacob jacques jaime jake jakob
jamal james jamie jan jared jaroslaw jarosław jason jay jean-claude jean-luc jean-marc jean-marie jean-michel
jean-paul jean-pierre jeb jed jeff jefferson jeffrey jens jeremiah jeremy jermaine jerome jerry jerzy jesse jesús jim
jimmie jimmy joachim joao joaquin joe joel joey johan johann johannes john johnnie johnny jon jonah jonas jonathan
jorge jose josef joseph josh joshua josiah josé juan juergen jules julian julio julius jurgen justin jürgen kamal
karim karl keith ken kenji kenneth kenny kevin khaled khalid khalil kirill kirk kjell klaus kofi konrad kostas
kristian kumar kurt kwame kyle lamar lance larry lars laurent lawrence lech leo leon leonard leonardo leonid leopold
leroy les leslie lester liam lindsey lionel liviu lloyd lorenzo lothar lou louis luc luca lucas lucien ludwig luigi
luis luiz lukas luke luther lyle lyndon magnus mahmoud mahmud malcolm manfred manny manoj manuel marc marcel marcelo
marco marcos marcus marek mariano mario marius mark markus marlon marshall martin marty marvin mateusz matt matteo
matthew matthias maurice mauricio max maxim maximilian maxwell mehdi mehmet mel melvin merle michael michel miguel
mihai mike mikhail milan miles milo milos miloš milton mitch mitchell mitt mohamad mohamed mohammad mohammed mohan
mohsen monty morris moses moshe muhammad mustafa nabil narayan narendra nasser nate nathan nathaniel neal ned neil
nelson newt niall nicholas nick nicola nicolas nicolás nigel niklas nikolai nikolaus noah noam noel norbert norm
norman oleg oleksandr oleksiy oliver olivier olusegun omar oren orlando orrin osama oscar oswald otto owen pablo paddy
padraig paolo pascal patrick paul paulo pavel pawel paweł pedro percy perry pete peter petro phil philip philippe
phillip pierre piers piotr preston prince quentin rafael raheem rahul raj rajesh rajiv ralph rand randall randy raul
ravi ray raymond raúl recep reg reggie reginald reid reince reinhard rene rex reza ricardo rich richard rick rickey
ricky rob robby robert roberto robin rocco rod roderick rodney rodolfo rodrigo roger rohit roland rolf roman ron
ronald ronnie rory ross roy ruairi ruben rudolf rudolph rudy rupert russ russell rusty ryan sadiq saeed said sal
salman salvador salvatore sami samir samuel sandeep sanjay sanjeev santiago satoshi saul scott seamus sean sebastian
serge sergei sergey sergio seth shane shaun shawn sheldon sherman sid sidney silvio simon solomon spencer stan
stanislav stanley stefan stephan stephen sterling steve steven stewart stu stuart sultan sunil suresh sven syed
takeshi tariq tayyip ted terence terrence terry thaddeus theo theodore thierry thomas tim timothy tobias toby todd tom
tomas tommy tony travis trent trevor tristan tucker tyler tyrone uwe vaclav val vern vernon vicente victor vikram
viktor vince vincent vinod virgil vito vladimir volodymyr václav wade waldo wallace walt walter ward warren wayne
wendell werner wes wesley wilbur wilfred wilhelm will willard willem william willie wim winston wladimir wolf wolfgang
woody xavier yannick yasser yevgeny yitzhak yuri yusuf yves zac zach zachary zbigniew zdenek zeke zoltan zoran
"""

_FEMALE = """
aaliyah abigail ada adaeze adele aditi adriana adrienne agatha agnes agnieszka aileen aimee aisha akiko alana alberta
alejandra alessandra alexa alexandra alexis alice alicia alina alisa alison allison alma alyssa amal amanda amara
amber amelia amina amy ana anastasia andrea ane angela angelica angelina angelique angie anika anita anjali ann anna
annabel anne annette annie antoinette antonia anya aoife april ariana arianna arlene asha ashley astrid aubrey audrey
aung aurora ava avril ayesha ayse ayşe barb barbara beatrice beatrix becky belinda bernadette bernice bertha beth
bethany betsy bette betty beverly bianca birgit bonnie brenda briana bridget brigitte britney brittany brooke camila
camilla camille candace candice cara carla carly carmel carmen carol carole carolina caroline carolyn carrie cassandra
cassie catalina cate catherine cathy cecile cecilia celeste celia celine chantal charlene charlotte chelsea cheryl
chiara chimamanda chloe christa christiane christina christine chrystia ciara cindy claire clara clarissa claudia
colette colleen condoleezza connie constance cora corinne courtney cristina crystal cynthia daisy dana danielle daphne
daria darlene dawn deanna debbie deborah debra deirdre delia delphine denise diana diane dianne dina dolores donna
dora doreen doris dorothy edith edna eileen ekaterina elaine eleanor elena elif elisa elisabeth elise eliza elizabeth
ella ellen eloise elsa elsie emilia emily emma erica erika erin esmeralda estelle esther ethel eva eve evelyn ewa
faith farah fatima fatma fatou faye felicia fiona flora florence folake frances francesca francine freya frida gabby
gabriela gabrielle gail genevieve georgia georgina geraldine gerda germaine gertrude gigi gilda gillian gina ginger
gisele giulia gladys gloria grace greta gretchen gwen gwendolyn hanna hannah harriet hatice hazel heather heidi helen
helena helene helga hilary hilda hillary holly hope huma ida ilana ilaria ilse imelda ines ingrid inés irene irina
iris irma iryna isabel isabella isabelle ivana ivanka ivy jackie jacqueline jada jadwiga jana jane janelle janet
janette janice janine jasmine jean jeanette jeanine jeanne jen jenna jennifer jenny jessica jill jillian jo joan joann
joanna joanne jocelyn jodie jody josefina josephine joy joyce juanita judith judy julia juliana julianne julie juliet
juliette june justine kaitlin kamala karen kari karin karina karla kassandra kate katharina katharine katherine
kathleen kathryn kathy katie katrina katy kayla kayleigh keiko keira kellie kellyanne kendra kenza khadija kimberly
kirsten kirstjen kristen kristi kristin kristina kristine krystal lakshmi lana lara larissa laura lauren laurie leah
leanne leila lena leticia leyla liana liesl lila lillian lily lina linda lindsay lisa liz liza lizzie lois lola
loretta lori lorraine louisa louise lourdes lucia lucille lucinda lucy lucía luisa lydia lynda lynn lynne mabel
madeleine madeline mae maeve magda magdalena maggie maha malala malia mandy manuela mara marcia margaret margarita
margot marguerite maria marian mariana marianne marie mariel marilyn marina marion marisa marissa marjorie marla
marlene marta martha martine mary maryam maureen mavis maxine maya małgorzata meagan meera meg megan meghan mei
melania melanie melinda melissa mercedes meredith meryl mia michaela michele michelle mika mildred milena millie mimi
mina mindy miranda miriam misty moira mollie molly mona monica monique muriel myra myrna nadia nadine nan nancy naoko
naomi natalia natalie natasha nathalie nell nellie ngozi niamh nicole nikki nina nita noelle nora noreen norma nuria
octavia oksana olena olga olive olivia oprah orla paige pam pamela patrice patricia patsy patti patty paula paulina
pauline pearl peggy penelope penny petra phoebe phyllis pia polly pooja prisca priscilla priya rachel ramona raquel
rebecca regina renata renee renée rhonda rima rita roberta rochelle rosa rosalie rosalind rose rosemary rosie roxanne
ruby ruth sabine sabrina sadie sally salma samantha sandra saoirse sara sarah sasha selena selma serena shannon sharon
sheila shelley shelly sheryl shirley shonda shreya sienna sigrid silvia simone sinead siobhan sofia sofía sonia sonja
sonya sophia sophie soraya stacey stacy stella stephanie sue summer sunita susan susana susanna susanne susie suzanne
suzy svetlana sybil sylvia sylvie tabitha tamara tammy tania tanya tara tatiana teresa terri tess tessa thelma theresa
therese tiana tiffany tina toni tonya tracey tricia trina trudy tulsi ursula valentina valeria valerie vanessa vera
verna veronica vicki vickie vicky victoria viola violet virginia vivian viviane wanda wendy whitney whoopi wilhelmina
wilma winifred winnie yasmin yasmine yoko yolanda yuki yulia yvette yvonne zainab zelda zeynep zoe zoë
"""

_EITHER = """
alex angel ariel blair blake bobbie brooklyn carey casey chandra charley chris cory dakota darcy devon dominique drew
emerson finley frankie gale hadley harper hayden hunter ira jackie jaden jamie jan jess jesse jessie jordan jude jules
kai kelly kelsey kendall kerry kim kit kris lee leigh lesley leslie logan loren lou lyn madison marion mel merrill
micah mickey monroe morgan nicky nico paris parker pat payton peyton quinn reagan reese riley robbie robin ronnie
rowan sam sandy sasha shea shelby shiloh sidney sky stevie sydney taylor terry tracy tyler val whitney yan yi
"""

NICKNAMES: dict[str, str] = {}
"""A nickname (folded) to the first name it commonly stands for: "bill" to "william"."""

for _row in """
abraham abe|albert al bert|alexander alex alec sandy xander sasha|alexandra alex sandra|alfred alf fred|alfonso al
andrew andy drew|anthony tony|antonio tony|arthur art|barbara barb babs|benjamin ben benny|bernard bernie
bradley brad|catherine cathy kate katie cate|charles charlie chuck chas|christine chris christy
christopher chris kit|clifford cliff|clinton clint|cynthia cindy|daniel dan danny|david dave davey
deborah deb debbie|debra deb debbie|dennis denny|donald don donnie donny|dorothy dot dottie|douglas doug
edmund ed eddie|edward ed eddie ted ned|edwin ed eddie|eleanor ellie nell
elizabeth liz beth betsy betty eliza lizzie libby|emanuel manny|emmanuel manny|ernest ernie|eugene gene
francis frank|franklin frank|frederick fred freddie|gabriel gabe|gerald gerry jerry|gilbert gil|gregory greg
harold harry hal|henry hank harry|herbert herb|howard howie|isaac ike|jacob jake|jacqueline jackie
james jim jimmy jamie|janet jan|jeffrey jeff|jennifer jen jenny|jeremy jerry|jerome jerry|jessica jess
john jack johnny johnnie jon|jonathan jon|joseph joe joey|joshua josh|judith judy|julia julie
katherine kate katie kathy kat|kathleen kathy kate|kathryn kathy kate|kenneth ken kenny|kimberly kim|lawrence larry
leonard len lenny|leonardo leo|louis lou louie|margaret maggie meg peggy|martin marty|matthew matt|melvin mel
michael mike mick mickey|mitchell mitch|nancy nan|nathan nate|nathaniel nate nat|nicholas nick nicky|norman norm
pamela pam|patricia pat patty trish tricia|patrick pat paddy|peter pete|philip phil|phillip phil|randall randy
randolph randy|raymond ray|rebecca becky becca|reginald reg reggie|richard rick dick rich richie ricky
robert bob rob bobby robby robbie bert|rodney rod|roger rodge|ronald ron ronnie|rudolph rudy|russell russ
samantha sam|samuel sam sammy|sandra sandy|stanley stan|stephanie steph|stephen steve stevie|steven steve stevie
stuart stu|susan sue susie|terrence terry|terence terry|theodore ted teddy theo|theresa terri tess|thomas tom tommy
timothy tim|tobias toby|valerie val|victor vic|victoria vicky tori|vincent vince vinny|virginia ginny
walter walt wally|wesley wes|wilfred wilf|william bill will billy willie liam|winston win|zachary zach zac
""".replace("\n", "|").split("|"):
    _full, *_short = _row.split() or [""]
    for _nickname in _short:
        NICKNAMES.setdefault(_nickname, _full)

MALE = frozenset(_MALE.split())
FEMALE = frozenset(_FEMALE.split())
EITHER = frozenset(_EITHER.split())
FIRST_NAMES = MALE | FEMALE | EITHER | frozenset(NICKNAMES)


def first_name_gender(folded: str) -> Literal["f", "m"] | None:
    """The gender that a folded first name suggests, None where it suggests neither."""
    if folded in EITHER or (folded in MALE) == (folded in FEMALE):
        return None
    return "m" if folded in MALE else "f"


def same_first_name(one: str, other: str) -> bool:
    """Whether two folded first names may be one person's: equal, an initial of the other, or a nickname of it."""
    if one == other or NICKNAMES.get(one, one) == NICKNAMES.get(other, other):
        return True
    short, long = sorted((one, other), key=len)
    return len(short) == 1 and long.startswith(short)
