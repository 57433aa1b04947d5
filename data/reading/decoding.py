"""Bytes to text. The only place where anything about a text's characters is mended.

What comes out is what is stored, so nothing but the encoding is touched: no quotation mark is uncurled, nothing is
unescaped or normalised,
line ends stay. Mojibake ("donâ€™t") is UTF-8 that someone decoded wrongly before us: ftfy undoes exactly that.
"""

from __future__ import annotations

import codecs
import re

from data.errors import UnreadableSource

# UTF-32 first: its little-endian mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a zip archive or office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "compressed twice"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 file"),
    (b"\xfd7zXZ", "an xz file"),
    (b"\x28\xb5\x2f\xfd", "a zstd file"),
    (b"SQLite format 3", "a database"),
    (b"OggS", "a sound file"),
    (b"ID3", "a sound file"),
    (b"bplist00", "a web archive of Safari"),
)
_META = re.compile(rb"""<meta[^>]{0,300}?charset\s*=\s*["']?\s*([A-Za-z0-9_:.\-]{2,40})""", re.I)
_XML = re.compile(rb"""\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9_:.\-]{2,40})""")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_C1 = re.compile(r"[\x80-\x84\x86-\x9f]")

SNIFFED = 64 * 1024
"""Bytes from which an undeclared encoding is guessed (twice as many again when they do not decide)."""


def decode(data: bytes, *, declared: str | None = None, html: bool = False) -> str:
    """The text in ``data``.

    A byte order mark decides; then valid UTF-8; then UTF-16 by its zero bytes; then the declared charset (of the
    HTTP header or the page's
    ``meta``), if the bytes fit it; then charset-normalizer's guess; then Windows-1252. As in the WHATWG's
    encoding standard, ISO-8859-1 is read as Windows-1252, which is what those who declare it mean.

    Args:
        data: the whole source.
        declared: the charset that a header names; a wrong one does no harm.
        html: also look for a charset declared in the page itself.

    Raises:
        UnreadableSource: the bytes are no text.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _mended(_whole(data[len(mark) :], encoding))
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise UnreadableSource(f"this is {kind}, not text", hint="save it as plain text or HTML")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    else:
        if "\x00" not in text:
            return _mended(_checked(text))
    if wide := _zero_bytes(data):
        return _mended(_whole(data, wide))
    if b"\x00" in data:
        raise UnreadableSource("this is a binary file, not text", hint="save it as plain text or HTML")
    for name in (declared, _declared_in(data) if html else None):
        if name and (fitting := _strictly(data, name)) is not None:
            return _mended(_checked(fitting))
    return _mended(_checked(_guessed(data)))


def _whole(data: bytes, encoding: str) -> str:
    """``data`` in the encoding that its mark names; a few broken characters (a cut file) are marked, not fatal."""
    text = data.decode(encoding, errors="replace")
    if text.count("\ufffd") > 2 + len(text) // 1000 or "\x00" in text:
        raise UnreadableSource(f"the file says it is {encoding.upper()} but is not", hint="save it as UTF-8")
    return _checked(text)


def _zero_bytes(data: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of Latin text is zero."""
    head = data[:4096]
    pairs = len(head) // 2
    if pairs < 4 or len(data) % 2:
        return None
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > 0.2 * pairs and even < 0.02 * pairs:
        return "utf-16-le"
    if even > 0.2 * pairs and odd < 0.02 * pairs:
        return "utf-16-be"
    return None


def _declared_in(data: bytes) -> str | None:
    head = data[:8192]
    found = _META.search(head) or _XML.search(head)
    return found.group(1).decode("ascii") if found else None


def _strictly(data: bytes, name: str) -> str | None:
    """``data`` in the named charset, or None where the name is unknown or the bytes do not fit it."""
    try:
        codec = codecs.lookup(name).name
        # Some codecs turn bytes into bytes (hex, zlib), and UTF-7 can hide markup: neither is a page's charset.
        if codec in ("iso8859-1", "ascii"):
            codec = "cp1252"
        elif codec in ("utf-8", "utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"):
            return None
        text = data.decode(codec)
    except (LookupError, UnicodeError, ValueError, AssertionError):
        return None
    return None if _C1.search(text) or "\ufffd" in text else text


def _guessed(data: bytes) -> str:
    # Imported here: only one file in a thousand needs it.
    from charset_normalizer import from_bytes

    for sample in (data[:SNIFFED], data[: 3 * SNIFFED]):
        best = from_bytes(sample).best()
        if best is not None and (fitting := _strictly(data, best.encoding)) is not None:
            return fitting
    if (fitting := _strictly(data, "cp1252")) is not None:
        return fitting
    broken = data.decode("utf-8", errors="replace")
    if broken.count("\ufffd") <= 2 + len(broken) // 1000:
        return broken  # UTF-8 with a few bytes lost: marked, the rest kept
    raise UnreadableSource("the encoding can't be made out", hint="save it as UTF-8")


def _checked(text: str) -> str:
    if len(_CONTROL.findall(text[:100_000])) > max(2, len(text[:100_000]) // 200) or "\x00" in text:
        raise UnreadableSource("this is a binary file, not text", hint="save it as plain text or HTML")
    return text


def _mended(text: str) -> str:
    """``text`` with mojibake undone and nothing else changed."""
    if text.isascii():
        return text
    # Imported here: it compiles large tables.
    import ftfy

    settings = ftfy.TextFixerConfig(
        unescape_html=False,
        remove_terminal_escapes=False,
        fix_encoding=True,
        restore_byte_a0=True,
        replace_lossy_sequences=False,
        decode_inconsistent_utf8=True,
        fix_c1_controls=False,
        fix_latin_ligatures=False,
        fix_character_width=False,
        uncurl_quotes=False,
        fix_line_breaks=False,
        fix_surrogates=False,
        remove_control_chars=False,
        normalization=None,
        explain=False,
    )
    mended: str = ftfy.fix_text(text, settings)
    return mended
