"""What makes an article itself: its canonical address, else its content. And whether two texts are the same.

The archive decides what two sources are to each other (one article, one story, two versions) with what stands here.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from data.model import Article

_TRACKING = re.compile(
    r"(utm_\w+|fbclid|gclid|dclid|gclsrc|gbraid|wbraid|msclkid|yclid|twclid|ttclid|igshid|igsh|mc_cid|mc_eid|mkt_tok|"
    r"_ga|_gl|_hsenc|_hsmi|vero_id|oly_enc_id|oly_anon_id|ocid|cmpid|smid|ns_\w+|at_\w+|ito|taid|wt_mc|ncid|partner|sref|"
    r"ref|ref_src|ref_url|referrer|share|shared|smtyp|xtor|cid_source|s_cid|icid|__twitter_impression|amp|outputtype|guccounter)\Z",
    re.I,
)
_COPY_HOST = re.compile(r"\A(?:(?:amp|m|mobile|www)\.)+(?=[^.]+\.[^.]+)(?!(?:com?|org|net|gov|edu|ac)\.[a-z]{2}\Z)")
_AMP_PATH = re.compile(r"(?<=.)/amp(\.html)?/?\Z", re.I)
_NOT_WORD = re.compile(r"[\W_]+")


def canonical_url(url: str) -> str:
    """The one spelling of an address, for telling whether two addresses are the same page. Not for showing or fetching.

    http and https, "www.", "m." and "amp." hosts, default ports, the fragment, a closing slash, "/amp" at the
    path's end,
    tracking parameters (utm_*, fbclid, ...) and the order of the others make no difference. Parameters that
    may choose the article (id, p, story) are kept. An address that can't be parsed comes back as it is.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return url.strip()
    if parts.scheme.lower() not in ("http", "https") or not host:
        return url.strip()
    try:
        host = host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        host = host.lower()
    host = _COPY_HOST.sub("", host)
    if ":" in host:
        host = f"[{host}]"
    if port is not None and port not in (80, 443):
        host = f"{host}:{port}"
    path = _AMP_PATH.sub("", re.sub(r"/{2,}", "/", parts.path)).rstrip("/")
    path = quote(unquote(path, errors="surrogateescape"), safe="/:@!$&'()*+,;=~-._", errors="surrogateescape")
    query = sorted(
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(name)
    )
    return urlunsplit(("https", host, path, urlencode(query), ""))


def same_site(one: str, other: str) -> bool:
    """Whether two addresses are of one site: the same host, but for "www." and the like, or one within the other."""
    try:
        hosts = [urlsplit(canonical_url(url)).hostname or "" for url in (one, other)]
    except ValueError:
        return False
    shorter, longer = sorted(hosts, key=len)
    return "." in shorter and (longer == shorter or longer.endswith("." + shorter))


def content_hash(text: str) -> str:
    """SHA-256, in hex, of the text with every run of white space made one space: line ends and wraps make no
    difference."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogatepass")).hexdigest()


def paragraph_hash(text: str) -> str:
    """16 hex digits of the folded paragraph: the same for copies that differ in case, punctuation, quotation marks
    or spaces."""
    return hashlib.sha256(folded(text).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def article_id(*, url: str | None, outlet: str | None, text: str) -> str:
    """The id of an article whose source gives none: stable over runs and machines.

    "u" and 16 hex digits of the canonical address's SHA-256; without an address "t" and 16 of the content hash
    together with the
    outlet, since the same text from two outlets is two articles. At a million articles two of them share
    an id with a probability of 3 in a hundred million.
    """
    if url:
        return "u" + hashlib.sha256(canonical_url(url).encode("utf-8", "surrogatepass")).hexdigest()[:16]
    named = f"{folded(outlet or '')}\n{content_hash(text)}"
    return "t" + hashlib.sha256(named.encode("utf-8", "surrogatepass")).hexdigest()[:16]


@lru_cache(maxsize=4096)
def folded(text: str) -> str:
    """The text's words only, in lower case, compatibility forms unified, one space between: for comparing, never
    for showing."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much two articles share, by the characters of their folded paragraphs, each in 0..1.

    ``of_first`` is the share of the first article's text that also stands in the second, ``of_second`` the reverse.
    """

    of_first: float
    of_second: float

    @property
    def same_text(self) -> bool:
        """One text twice: nine tenths of one are in the other, which has little more (a caption, an author's card)."""
        return self.contained and min(self.of_first, self.of_second) >= 0.8

    @property
    def contained(self) -> bool:
        """One is (nearly) the whole of the other's text or a cut of it: a shortened wire copy, a text without its
        end."""
        return max(self.of_first, self.of_second) >= 0.9


def compare(first: Article, second: Article) -> Overlap:
    """How much two articles share, paragraph by paragraph.

    Tolerant where copies of one article differ: a headline that one of them has among its paragraphs or lacks, a
    first paragraph that
    one copy opens inside of, folded spelling, and paragraphs joined in one and parted in the other.
    """
    return Overlap(_share(first, second), _share(second, first))


def _share(first: Article, second: Article) -> float:
    ours, theirs = _paragraphs(first), _paragraphs(second)
    known = set(theirs)
    whole = f" {' '.join(theirs)} "
    total = sum(map(len, ours))
    if not total:
        return 0.0
    missing = 0
    for ordinal, paragraph in enumerate(ours):
        if paragraph in known or f" {paragraph} " in whole:
            continue
        if ordinal == 0 and theirs and len(theirs[0]) >= 40 and paragraph.endswith(" " + theirs[0]):
            continue  # the second copy opens inside this paragraph
        missing += len(paragraph)
    return 1 - missing / total


def _paragraphs(article: Article) -> list[str]:
    title = folded(article.title or "")
    found = [folded(article.text[start:end]) for start, end in article.paragraphs]
    return [paragraph for paragraph in found if paragraph and paragraph != title]
