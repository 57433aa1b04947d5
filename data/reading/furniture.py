"""Page furniture: single blocks that stand around an article on its page and are no part of it.

Share buttons, cookie lines, sign-ups, credits and the like stay in the stored text and are left out of the
paragraphs. Only
kinds are listed, in the words all sites use. A block with a quotation in it, or one that nothing here
knows, is kept: a line of furniture too many does less harm than a statement lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from data.model import Span

_NOTHING = re.compile(r"[\W_]*\Z")

# What a whole block says, in lower case without outer punctuation.
_WHOLE = (
    # finding one's way
    r"(?:skip|jump|go) to (?:main |the )?(?:content|navigation|search|main|footer|menu)",
    r"(?:accessibility|useful|quick) links|breaking news|latest (?:news|stories)|live (?:tv|radio|updates)",
    r"(?:main |open )?menu|home(?:page)?|search|navigation|sections?|back to (?:the )?(?:top|home(?:page)?)|close",
    r"(?:log|sign) ?(?:in|out|up)|my account|register|subscribe(?: now)?|next|previous",
    r"print(?: this(?: page| article)?)?",
    r"terms of (?:use|service)|privacy(?: policy| notice)?|cookie (?:policy|settings|preferences)|contact(?: us)?",
    r"about(?: us)?|advertise(?: with us)?|accessibility|site ?map|imprint|impressum|datenschutz",
    # passing it on
    r"share(?: (?:this|on|via|with)\b[\w ,()-]{0,60})?|facebook|twitter|x|whatsapp|telegram|linkedin|reddit|pinterest",
    r"e-?mail|messenger|vk|viber|instagram|youtube|copy link|link copied|embed(?: code)?",
    r"(?:follow|tweet|pin|post|save|comment|listen|bookmark|copy)(?: (?:article|story|post|this))?",
    r"(?:view|show|see|load|post|leave|write|add|hide|read) (?:all |the |a )?(?:\d+ )?comments?|(?:\d+ )?comments?",
    r"\d+ (?:shares|views|likes|reactions)",
    # leading elsewhere
    r"(?:read|see|show|learn|load|find) (?:more|less)(?: (?:here|stories|articles))?|(?:continue|keep) reading",
    r"(?:read|find out|learn) more(?: about (?:this|it))?(?: here)?",
    r"(?:article|story) continue[sd]? below(?: (?:this )?(?:ad|advertisement))?|also on [\w .]{2,30}",
    r"(?:related|more)(?: (?:articles?|stories|story|content|topics?|coverage|news|links?|reading|videos?))?",
    r"more on this(?: (?:story|topic))?|you (?:may|might) also like|recommended(?: for you)?|trending(?: now)?",
    r"most (?:read|popular|viewed|shared)|editors?['’]?s?['’]? (?:picks?|choice)|don['’]t miss",
    # advertisements, pictures, players
    r"advertisement|advertising|ad|(?:sponsored|promoted|paid)(?: content| post)?|scroll to continue(?: reading)?",
    r"\d+ ?[x×] ?\d+ image|(?:file|stock|handout) (?:photo|picture|image)|no media source currently available",
    r"(?:image|photo|video|caption|gallery|audio|picture|media)(?: (?:caption|credit|source|gallery|player))?",
    r"enlarge(?: (?:this )?image)?|toggle caption|play(?: video| audio)?|listen to (?:this )?article",
    r"(?:text|font) size|full text|abstract|\d+ min(?:ute)?s? read|(?:reading|read) time:? \d+ min(?:ute)?s?",
    r"this article is more than \d+ (?:years?|months?) old",
    # the same in other languages
    r"поделиться|подписаться|читайте также|читать далее|смотрите также|реклама|главная",
    r"меню|комментарии|войти|распечатать",
    r"anzeige|werbung|teilen|drucken|mehr zum thema|weiterlesen|lesen sie auch|startseite|kommentare",
    r"publicidad|compartir|leer más|lea también|te puede interesar|comentarios|lire aussi|à lire aussi",
    r"partager|publicité",
    r"leggi anche|condividi|pubblicità|leia também|compartilhe|publicidade|lees ook|delen|les også|läs också",
    r"関連記事|広告|シェア|シェアする|続きを読む|有料会員限定|印刷",
)
_BLOCK = re.compile("|".join(f"(?:{kind})" for kind in _WHOLE))

_LABELS = (
    r"read (?:more|also|next|now|the full story)|see also|also read|related(?: (?:stories|articles|content|coverage))?|"
    r"more (?:on|from|in) [\w\s]{2,30}|watch(?: (?:now|live|more|the video))?|listen(?: now)?|recommended|"
    r"don['’]t miss|читайте также|lesen sie auch|lire aussi|à lire aussi|lea también|leggi anche|leia também|lees ook|"
    r"les også|läs också"
)
# How a block opens that is furniture whatever follows, so long as no quotation does.
_OPENINGS = (
    rf"(?:{_LABELS})\s*[:>»|]",
    r"(?:we|this (?:web)?site|our (?:web)?site|our partners) uses? cookies",
    r"by (?:continuing|using|clicking)\b.{0,60}\b(?:you (?:agree|accept|consent)|cookies)",
    r"(?:sign up|subscribe|register) (?:here|now|today|free|for free|to|for)\b.{0,80}"
    r"\b(?:newsletters?|e-?mails?|briefing|alerts|inbox|updates|podcast|channel|magazine|edition)",
    r"get .{0,60}\b(?:in|to) your (?:inbox|e-?mail)\b|enter your e-?mail|you can unsubscribe",
    r"(?:follow|like|join) (?:us|him|her|them|@?\w+) on "
    r"(?:facebook|twitter|x|instagram|telegram|whatsapp|linkedin|youtube|tiktok|bluesky|threads|mastodon)\b",
    r"(?:to find out more|for more information),? click here|click here (?:to|for)\b",
    r"(?:copyright|©|\(c\))\s*(?:©\s*)?(?:\d{4}|by )|all rights reserved|.{0,80}\ball rights reserved\W*\Z",
    r"this site is protected by recaptcha|you need to enable javascript|your browser does not support",
    r"please (?:enable javascript|log in|sign in|subscribe|disable your ad)",
)
_OPENING = re.compile("|".join(f"(?:{kind})" for kind in _OPENINGS), re.I | re.S)

_AGENCIES = r"getty(?: images)?|reuters|afp|ap|epa|tass|shutterstock|alamy|imago|dpa|pa"
_CREDIT = re.compile(
    r"(?:photo(?:graph)?s?|image|picture|credit|video|illustration|graphic|foto|bild|фото)\b\s*"
    r"(?:credit|by|:|©|courtesy(?: of)?|/|\|)\s*[^.!?\"“”]{2,80}\.?"
    rf"|[^.!?\"“”:,]{{2,50}}\s?/\s?(?:{_AGENCIES})(?:\s?/\s?[^.!?\"“”]{{2,40}})?\.?"
    r"|(?:getty images|shutterstock|alamy)\.?",
    re.I,
)
_DATELINE = re.compile(r"[^\W\d_][^!?:;\"“”]{0,39}[—–]\Z")
_QUOTE = re.compile('["“”«»„‟「」]')


def is_furniture(block: str) -> bool:
    """Whether one block of text is page furniture by itself, wherever it stands."""
    if _NOTHING.match(block):
        return True
    if len(block) > 400:
        return False
    line = " ".join(block.split())
    bare = line.strip(" .:>»|•·*-–—…›→+[]()").casefold()
    if len(line) <= 80 and (_BLOCK.fullmatch(bare) or _CREDIT.fullmatch(line)):
        return True
    if len(line) <= 40 and _DATELINE.match(line):
        return True
    return len(line) <= 300 and bool(_OPENING.match(line)) and not _QUOTE.search(line)


def without(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans that are no furniture by themselves; where nothing would be left, those that hold a word."""
    kept = [(start, end) for start, end in spans if not is_furniture(text[start:end])]
    return kept or [(start, end) for start, end in spans if not _NOTHING.match(text[start:end])]


def has_quotation(block: str) -> bool:
    """Whether a quotation mark stands in the block."""
    return bool(_QUOTE.search(block))
