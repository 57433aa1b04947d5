"""Page furniture: what stands around an article on its page and is no part of it.

Menus, captions, share buttons, cookie lines, sign-ups, footers and legal notices stay in the stored text and are left out of the paragraphs. A paragraph
with a quotation in it, or a sentence that nothing here knows, is always kept: one line of furniture too
many does less harm than one statement lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from data.model import Span
from data.reading.fields import Fields

_NO_WORD = re.compile(r"[\W_]*\Z")

# Whole blocks, folded to lower case without outer punctuation. Each line is a kind.
_BLOCK = re.compile(
    r"""(?:
      (?:skip\ to|jump\ to|go\ to)\ (?:main\ |the\ )?(?:content|navigation|search|main|footer|menu)
    | (?:accessibility|useful|quick)\ links | breaking\ news | latest\ (?:news|stories) | live\ (?:tv|radio|updates)
    | (?:main\ )?menu | home(?:page)? | search | navigation | sections? | (?:log|sign)\ ?in | (?:log|sign)\ ?out | my\ account | subscribe(?:\ now)?
    | (?:site|page)\ (?:index|map|navigation) | back\ to\ (?:top|the\ top|home(?:page)?) | close | open\ menu | next | previous | print(?:\ this(?:\ page|\ article)?)?
    | share(?:\ (?:this|on|via|with)\b[\w\s,()-]{0,60})? | (?:facebook|twitter|x|whatsapp|telegram|linkedin|reddit|email|e-mail|pinterest|copy\ link|link\ copied|messenger|vk|viber)
    | (?:share|follow|tweet|pin|post|email|save|comment|listen|bookmark|copy)(?:\ (?:article|story|post|this))?
    | (?:view|show|read|see|load|post|leave|write|add|hide)\ (?:all\ |the\ |a\ )?(?:\d+\ )?comments? | \d*\ ?comments? | \d+\ (?:shares|views|likes|reactions)
    | (?:read|see|show|learn|load|find)\ (?:more|less)(?:\ (?:here|stories|articles))? | continue\ reading | keep\ reading | (?:article|story)\ continues?\ below(?:\ (?:this\ )?(?:ad|advertisement))?
    | (?:related|more)(?:\ (?:articles?|stories|story|content|topics?|coverage|news|links?|reading|videos?|on\ this(?:\ (?:story|topic))?))? | (?:you\ (?:may|might)\ also\ like|recommended(?:\ for\ you)?|most\ (?:read|popular|viewed|shared)|editors?['’]s?\ picks?|trending(?:\ now)?|don['’]t\ miss|also\ on\ [\w\ .]{2,30})
    | (?:advertisement|advertising|ad|sponsored(?:\ content)?|promoted(?:\ content)?|paid\ content|scroll\ to\ continue)(?:\ (?:continue\ reading\ below|story\ continues\ below))?
    | \d+\s*[x×]\s*\d+\s+image | (?:file|stock|handout)\ (?:photo|picture|image) | (?:image|photo|video|caption|gallery|audio|picture|media)(?:\ (?:caption|credit|source|gallery|player))?
    | enlarge(?:\ (?:this\ )?image)? | toggle\ caption | play\ (?:video|audio)? | embed(?:\ code)? | no\ media\ source\ currently\ available
    | \d+\ min(?:ute)?s?\ read | (?:reading|read)\ time:?\ \d+\ min(?:ute)?s? | full\ text | abstract
    | text\ size | font\ size | listen\ to\ (?:this\ )?article | this\ article\ is\ more\ than\ \d+\ (?:years?|months?)\ old
    | (?:terms\ of\ (?:use|service)|privacy(?:\ policy|\ notice)?|cookie\ (?:policy|settings|preferences)|contact(?:\ us)?|about(?:\ us)?|advertise(?:\ with\ us)?|accessibility|sitemap|imprint|impressum|datenschutz)
    | (?:поделиться|подписаться|читайте\ также|читать\ далее|реклама|главная|меню|комментарии|войти|смотрите\ также|распечатать)
    | (?:anzeige|werbung|teilen|drucken|mehr\ zum\ thema|weiterlesen|lesen\ sie\ auch|startseite|kommentare)
    | (?:publicidad|compartir|leer\ más|lea\ también|te\ puede\ interesar|comentarios|lire\ aussi|partager|publicité|à\ lire\ aussi|leggi\ anche|condividi|pubblicità)
    )""",
    re.X,
)

# The opening of a block that is furniture whatever follows, so long as no quotation does.
_OPENING = re.compile(
    r"""(?:
      (?:read\ (?:more|also|next|now|the\ full\ story)|see\ also|also\ read|related(?:\ (?:stories|articles|content|coverage))?|more\ (?:on|from|in)\ [\w\s]{2,30}|watch(?:\ (?:now|live|more|the\ video))?|listen(?:\ now)?|recommended|don['’]t\ miss
         |читайте\ также|lesen\ sie\ auch|lire\ aussi|lea\ también|leggi\ anche)\s*[:>»|]
    | (?:we|this\ (?:web)?site|our\ (?:web)?site|our\ partners)\ uses?\ cookies | by\ (?:continuing|using|clicking)\b.{0,60}\b(?:you\ (?:agree|accept|consent)|cookies)
    | (?:sign\ up|subscribe|register)\ (?:here|now|today|free|for\ free|to|for)\b.{0,80}\b(?:newsletters?|e-?mails?|briefing|alerts|inbox|updates|podcast|channel|magazine|edition)
    | get\ .{0,60}\b(?:in|to)\ your\ (?:inbox|e-?mail)\b | enter\ your\ e-?mail | you\ can\ unsubscribe
    | (?:follow|like|join)\ (?:us|him|her|them|@?\w+)\ on\ (?:facebook|twitter|x|instagram|telegram|whatsapp|linkedin|youtube|tiktok|bluesky|threads|mastodon)
    | (?:to\ find\ out\ more|for\ more\ information),?\ click\ here | click\ here\ (?:to|for)\b
    | (?:copyright|©|\(c\))\s*(?:©\s*)?(?:\d{4}|[A-Z]) | all\ rights\ reserved | .{0,80}\ball\ rights\ reserved\W*\Z
    | (?:terms\ (?:and|&)\ conditions\ apply) | this\ site\ is\ protected\ by\ recaptcha
    | please\ (?:enable\ javascript|log\ in|sign\ in|subscribe|disable\ your\ ad) | you\ need\ to\ enable\ javascript | your\ browser\ does\ not\ support
    )""",
    re.X | re.I | re.S,
)

_CREDIT = re.compile(
    r"(?:photo(?:graph)?s?|image|picture|credit|video|illustration|graphic|getty(?: images)?|reuters|foto|bild|фото)\b\s*(?:credit|by|:|©|courtesy(?: of)?|/|\|)\s*[^.!?\"“”]{2,80}\.?",
    re.I,
)
_AGENCY = re.compile(
    r"[^.!?\"“”:,]{2,50}\s?/\s?(?:getty(?: images)?|reuters|afp|ap|epa|tass|epa-efe|shutterstock|alamy)(?:\s?/\s?[^.!?\"“”]{2,40})?\.?|(?:getty images|shutterstock|alamy)\.?",
    re.I,
)
_DATELINE_ALONE = re.compile(r"(?:[\w.]+(?:[ ,]{1,2}[\w.]+){0,4}\s)?(?:\w+ ?){0,2}[—–-]{1,2}\Z")
_QUOTE = re.compile('["“”«»„‟]')
_SENTENCE_END = re.compile(r"[.!?…。！？][\"'”’»)\]]*\Z")


def is_furniture(block: str) -> bool:
    """Whether one block of text is page furniture by itself, wherever it stands."""
    if _NO_WORD.match(block):
        return True
    line = " ".join(block.split())
    bare = line.strip(" .:>»|•·*-–—…›→+[]()▶️").casefold()
    if len(line) <= 80 and (_BLOCK.fullmatch(bare) or _CREDIT.fullmatch(line) or _AGENCY.fullmatch(line)):
        return True
    if len(line) <= 40 and _DATELINE_ALONE.match(line):
        return True
    return len(line) <= 300 and not _QUOTE.search(line) and bool(_OPENING.match(line))


@dataclass(frozen=True, slots=True)
class Page:
    """A text without its furniture: the paragraphs kept, and what the furniture said of the article."""

    paragraphs: list[Span]
    fields: Fields
    notice: str | None


def without(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans that are no furniture by themselves; all of them if nothing would be left."""
    kept = [span for span in spans if not is_furniture(text[slice(*span)])]
    return kept or [span for span in spans if not _NO_WORD.match(text[slice(*span)])]


def of_page(text: str, spans: Sequence[Span], *, title: str | None = None) -> Page:
    return Page(without(text, spans), Fields(), None)
