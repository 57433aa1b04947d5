"""What counts as saying: acts of speech told apart from beliefs, hopes, votes and plans, and from refusals to speak."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Token

_VERBS = """
accuse acknowledge add address admit admonish advise advocate affirm agree alert allege allude announce answer
apologise apologize appeal applaud argue ask assail assert assure attack attest aver bark beg belittle bellow bemoan
berate blame blast blog blurt boast brag brand brief broadcast call castigate caution censure certify challenge
chant characterise characterize charge chastise chide chime chuckle cite claim clarify commend comment compare
complain compliment concede conclude concur condemn confess confide confirm congratulate contend contest continue
contradict convey counter criticise criticize crow cry declare decry deem defend demand demean denounce deny deride
describe detail disagree disavow disclose discuss dismiss disown disparage dispute divulge dub echo elaborate email
emphasise emphasize enthuse enumerate equate estimate exclaim excoriate exhort exonerate explain express extol
forecast fume grumble gush hail harangue heckle hector highlight hint implore imply indicate inform inquire
insinuate insist instruct insult interject intone invoke jest joke josh label lambast lambaste lament lampoon lash
laud lecture liken lobby maintain malign marvel mention message moan mock mumble murmur muse mutter name narrate
note notify object observe offer opine order outline phone plead pledge point portray post praise preach predict
proclaim profess promise pronounce propose protest query question quip quiz quote rail rant rave read reaffirm
reason reassure rebuff rebuke rebut recall recite recommend recount refer reference reflect refute reiterate reject
relate remark remind repeat reply report reprimand repudiate request respond restate retell retort retweet reveal
ridicule roar rule salute say scoff scold scream shout sigh signal skewer slam snap snark sneer snort speak specify
speculate spell state stipulate stress suggest summarise summarize swear swipe talk taunt tease tell term testify
text thank theorise theorize threaten thunder tout trumpet tweet underline underscore unveil urge utter vent verify
vilify voice volunteer vouch vow warn weigh welcome whine whisper wonder write yell
"""
_IRREGULAR = """
said says saying tells told wrote written spoke spoken swore sworn forswore begged begging quipped quipping pled
retold slammed slamming bragged bragging dubbed dubbing snapped snapping sang cried cries decried decries denied
denies testified testifies replied replies implied implies referred referring rebutted rebutting specified specifies
clarified clarifies notified notifies verified verifies admitted admitting rebuffed quizzed quizzing quizzes refers
labelled labelling submitted compelled spelt read reading
"""
_NOUNS = """
accusation accusations admission allegation allegations announcement apology argument arguments assertion assertions
claim claims comment comments complaint complaints condemnation confession criticism declaration denial denials
description editorial email interview letter lawsuit memo message op-ed opinion pledge post promise promises
question questions quote rebuke remark remarks reply report response speech statement statements suggestion
suggestions testimony transcript tweet tweets vow warning warnings word words
"""
_PHRASES = re.compile(
    r"\b(?:according to|in the words of|put(?:s|ting)? it|ma[dk]e(?:s|ing)? (?:it )?clear|"
    r"(?:hit|fired?|shot|struck) back|took to (?:twitter|facebook|instagram|social media|x\b)|laid out|"
    r"call(?:s|ed|ing)? (?:for|on)|(?:takes?|took|taking) aim|(?:ma[dk]es?|making) (?:the|a|his|her|their) case|"
    r"lash(?:es|ed|ing) out|sounded off|went on|goes on|g[ai]ves? (?:a|the|his|her) (?:speech|address|interview)|"
    r"per|via|set forth)\b"
)
_DOCUMENT = re.compile(
    r"\b(?:poll(?:s|ing)?|surveys?|stud(?:y|ies)|reports?|documents?|filings?|records?|data|figures|statistics|"
    r"analys[ie]s|research(?:ers)?|courts?|judges?|jury|tribunal|inquiry|investigat(?:ion|ors?)|audit(?:ors?)?|reviews?|"
    r"census|lawsuit|indictment|complaint|e-?mails?|letters?|memos?|transcripts?|bill|law|policy|constitution|paper|"
    r"article|book|website|statement)\b",
    re.IGNORECASE,
)
_DOCUMENT_CUES = re.compile(
    r"\b(?:show(?:s|ed|n|ing)?|found|find(?:s|ing)?|rul(?:es?|ed|ing)|estimate[sd]?|list(?:s|ed)|includ(?:es|ed)|puts?)\b"
)
_HELPED = r"(?:did|do|does|has|have|had|would|could|will)(?: not|n't)(?: \w+)?"
_REFUSAL = re.compile(
    r"\b(?:(?:declin|refus)(?:es?|ed|ing)|no comment|"
    rf"{_HELPED} (?:comment|respond|repl[yi]|answer|return|say|speak|elaborate|talk|discuss|disclose|specify|address)|"
    r"(?:has|have|had)(?: not|n't)(?: \w+)? (?:said|spoken|replied|mentioned)|"
    r"(?:unavailable|available|reached|reachable) for comment|could not be reached|couldn't be reached|"
    r"not (?:immediately )?(?:return|respond|reply|comment|answer|say)|"
    r"(?:remain|stay|kept|keep)\w* (?:silent|quiet|mum)|silent on|mum on)"
)
_UNSAID = frozenset(
    ["will", "'ll", "’ll", "wo", "might", "may", "should", "must", "shall", "not", "n't", "n’t", "never"]
)
_PLANS = re.compile(
    r"\b(?:expected|scheduled|poised|likely|plan(?:s|ned|ning)?|want(?:s|ed)?|hop(?:es?|ed|ing)|going|set|ready|"
    r"prepar\w+|intend\w*|need(?:s|ed)?|ha[sd] yet|have yet|able|unable|tr(?:y|ies|ied|ying)) to \w+$"
)


def _forms(verb: str) -> list[str]:
    if verb.endswith("e"):
        return [verb, verb + "s", verb + "d", verb[:-1] + "ing"]
    if verb.endswith("y") and verb[-2] not in "aeiou":
        return [verb, verb[:-1] + "ies", verb[:-1] + "ied", verb + "ing"]
    ending = "es" if verb.endswith(("s", "x", "z", "ch", "sh")) else "s"
    return [verb, verb + ending, verb + "ed", verb + "ing"]


WORDS = frozenset(form for verb in _VERBS.split() for form in _forms(verb)) | frozenset((_IRREGULAR + _NOUNS).split())
"""Word forms that make a cue an act of speech."""


def is_refusal(cue: str) -> bool:
    """Whether a cue says that somebody would not speak ("declined to comment", "did not respond to")."""
    return _REFUSAL.search(cue.casefold().replace("’", "'")) is not None


def is_speech(cue: str, speaker: str, anchor: Token | None = None) -> bool:
    """Whether a cue reports something that was said or written, and not a belief, a hope, a vote or a plan to speak.

    ``speaker`` is the source as written: what a poll shows or a court finds is stated, what a person finds is not.
    ``anchor`` is the cue's token in its tree: what somebody "will", "might" or did "not" say was not said, nor what
    somebody says in a clause with "if".
    """
    folded = cue.casefold().replace("’", "'").strip()
    if not folded or is_refusal(folded) or _PLANS.search(folded):
        return False
    if anchor is not None:
        helpers = {child.lower_ for child in anchor.children if child.dep_ in {"aux", "auxpass", "neg"}}
        supposed = any(child.dep_ == "mark" and child.lower_ in {"if", "unless"} for child in anchor.children)
        if helpers & _UNSAID or supposed:
            return False
    if not any(character.isalnum() for character in folded):
        return True  # "WALLACE: ...": a colon or a dash is the cue
    if _PHRASES.search(folded) or any(word in WORDS for word in re.findall(r"[a-z-]+", folded)):
        return True
    return bool(_DOCUMENT_CUES.search(folded) and _DOCUMENT.search(speaker))
