"""Bytes, plain text, copied pages, JSON Lines, folders: to articles whose text is what was read."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.errors import UnreadableSource
from data.model import Article
from data.reading import ReadResult, as_object, compare, read
from data.reading.decoding import decode
from data.reading.furniture import is_furniture
from data.reading.jsonl import records
from data.reading.language import language_of
from data.reading.paragraphs import split
from data.reading.plain import read_text
from data.reading.sources import MAX_ARTICLE, MIB

BODY = (
    "The harbour council of Velmar voted on Tuesday to close the old ferry line.\n\n"
    "“We can’t go on paying for empty boats,” Ada Lorrin, the council's chairwoman, said.\n\n"
    "Fishermen said that they would block the quay until the line reopens."
)


def one(path: Path, **options: str) -> ReadResult:
    (result,) = read([str(path)], **options)  # type: ignore[arg-type]
    return result


def article(path: Path, **options: str) -> Article:
    result = one(path, **options)
    assert result.article is not None, result.error
    return result.article


def paragraphs(article: Article) -> list[str]:
    return [article.paragraph(ordinal) for ordinal in range(len(article.paragraphs))]


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- plain text ---


def test_text_is_stored_exactly_and_paragraphs_are_spans_of_it(tmp_path: Path) -> None:
    raw = "\r\n  " + BODY.replace("\n", "\r\n") + "  \r\n\r\n"
    found = article(write(tmp_path / "a.txt", raw))
    assert found.text == raw
    assert paragraphs(found) == BODY.split("\n\n")
    assert found.language == "en"
    assert found.source == str(tmp_path / "a.txt")


def test_headers_give_the_fields_and_stay_out_of_the_paragraphs(tmp_path: Path) -> None:
    head = (
        "Title: Ferry line to close\noutlet: Velmar Post\nurl: https://post.example/ferry\n"
        "published: 2031-05-06T23:30:00-05:00\nauthor: Tam Ossip\n\n"
    )
    found = article(write(tmp_path / "a.txt", head + BODY))
    assert (found.title, found.outlet, found.author) == ("Ferry line to close", "Velmar Post", "Tam Ossip")
    assert found.published == date(2031, 5, 6)  # the time's own day, not Greenwich's
    assert found.url == "https://post.example/ferry"
    assert paragraphs(found) == BODY.split("\n\n")


def test_leading_date_on_the_line_of_the_text(tmp_path: Path) -> None:
    found = article(write(tmp_path / "a.txt", " date 2031-05-06 " + BODY))
    assert found.published == date(2031, 5, 6)
    assert paragraphs(found)[0].startswith("The harbour council")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty"),
        (" \n\n ", "empty"),
        ("***\n\n---", "no text"),
        ("date 2031-02-30 " + BODY, "2031-02-30"),
        ("published: last week\n\n" + BODY, "no date"),
        ("published: 2031-05-06\ndate 2031-05-07 " + BODY, "two dates"),
        ("url: javascript:alert(1)\n\n" + BODY, "no web address"),
        ("title: One\ntitle: Two\n\n" + BODY, "twice"),
        (b"%PDF-1.7 whatever", "PDF"),
        (b"\x7fELF\x02\x01\x01" + bytes(200), "binary"),
        (b"some\x00text" * 50, "binary"),
    ],
)
def test_one_clear_line_for_a_bad_text(tmp_path: Path, content: str | bytes, words: str) -> None:
    result = one(write(tmp_path / "bad.txt", content))
    assert result.article is None
    message = str(result.error)
    assert words in message
    assert "bad.txt" in message
    assert "\n" not in message


def test_options_say_what_a_file_does_not(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", "outlet: Velmar Post\n\n" + BODY)
    found = article(path, outlet="Other", url="https://post.example/a", published="2031-05-06")
    assert (found.outlet, found.url, found.published) == ("Velmar Post", "https://post.example/a", date(2031, 5, 6))
    with pytest.raises(UnreadableSource, match="2031-13-01"):
        read([str(path)], published="2031-13-01")


def test_wrapped_lines_are_one_paragraph() -> None:
    wrapped = (
        "The harbour council of Velmar voted on Tuesday evening to close the old\n"
        "ferry line, which has lost money for eleven years and carries hardly a\n"
        "passenger in winter.\n\n"
        "Nobody on the quay was surprised."
    )
    found = read_text(wrapped)
    assert [wrapped[s:e].count("\n") for s, e in found.paragraphs] == [2, 0]


def test_wrapped_text_without_blank_lines_parts_at_short_lines() -> None:
    text = (
        "The harbour council of Velmar voted on Tuesday evening to close the old\n"
        "ferry line, which has lost money for eleven years and carries hardly a\n"
        "passenger in winter.\n"
        "Nobody on the quay was surprised by the vote, which had been delayed by\n"
        "two months because the mayor of the upper town had been ill since the\n"
        "spring."
    )
    assert [text[s:e].split()[0] for s, e in split(text)] == ["The", "Nobody"]


def test_single_line_ends_between_long_lines_part_paragraphs() -> None:
    lines = [
        part + " It was the longest meeting that anyone on the quay could remember in years."
        for part in BODY.split("\n\n")
    ]
    assert len(split("\n".join(lines))) == 3
    assert len(read_text("Ferry line to close\n\n" + "\n".join(lines)).paragraphs) == 3


def test_lone_dots_part_paragraphs() -> None:
    text = "One thing happened.\n .\n Another thing happened.\n .\n The end came."
    assert [text[s:e] for s, e in split(text)] == ["One thing happened.", "Another thing happened.", "The end came."]


# --- copied pages ---

CARD = "Velmar Post journalists report the news in four languages. We provide what the coast can't get elsewhere."
WARNING = (
    "If you live on the north shore, please note that you could face fines or imprisonment for sharing our content."
)
DESIGNATED = 'The Velmar Post has been declared an "undesirable organization" by the North Shore.'
CAPTION = (
    "Empty boats at the quay of Velmar on a winter morning, when the last ferry of the day had left for the upper town."
)
COPIED = f"""Skip to main content

Breaking News

Velmar Closes Its Oldest Ferry Line

By Tam Ossip

Published: May 6, 2031 10:15 GMT

{CAPTION}
{CAPTION}

{BODY}

  • 16x9 Image


    {CARD}

{DESIGNATED}

{WARNING}

To find out more, click here."""


def test_a_copied_page_loses_its_furniture_but_not_its_text(tmp_path: Path) -> None:
    found = article(write(tmp_path / "a.txt", COPIED))
    assert found.text == COPIED
    assert paragraphs(found) == BODY.split("\n\n")
    assert found.title == "Velmar Closes Its Oldest Ferry Line"
    assert found.author == "Tam Ossip"
    assert found.published == date(2031, 5, 6)
    assert found.notice == f"{DESIGNATED}\n\n{WARNING}"
    assert found.outlet == "The Velmar Post"


def test_a_report_about_a_designation_is_no_notice() -> None:
    report = (
        f"{BODY}\n\nThe Lenn Tribune has been declared an undesirable organization by the North Shore government.\n\n"
        "Its editor said that her readers could now face fines."
    )
    found = read_text(report)
    assert found.notice is None
    assert len(found.paragraphs) == 5


def test_related_links_at_the_end_are_left_out_and_statements_kept() -> None:
    links = "Related\n\nTen walks along the quay\n\nWhat the tide brings"
    text = f"{BODY}\n\n{links}\n\nLorrin later said that she was sorry."
    kept = [text[s:e] for s, e in read_text(text).paragraphs]
    assert kept[-1] == "Lorrin later said that she was sorry."
    assert "What the tide brings" not in kept
    assert len(kept) == 4


@pytest.mark.parametrize(
    "block",
    ["Share on Facebook", "READ MORE: Ten walks", "16x9 Image", "Photo: Ina Brask/Quay Pictures",
     "Advertisement", "___", "We use cookies to improve your visit.", "Sign up here for our daily newsletter.",
     "VELMAR —",
     "© 2031 Velmar Post",
     "Читайте также: Десять прогулок"],
)  # fmt: skip
def test_furniture(block: str) -> None:
    assert is_furniture(block)


@pytest.mark.parametrize(
    "block",
    ["“Share this,” she said.", "Yes.", "No comment.", "He shared the prize.",
     "Read more carefully, the report says the opposite.",
     "Related: “We knew,” Lorrin said.", "More than 40 people died.", "Image is everything, Lorrin said."],
)  # fmt: skip
def test_what_may_carry_a_statement_is_no_furniture(block: str) -> None:
    assert not is_furniture(block)


def test_two_copies_of_one_article_are_recognised(tmp_path: Path) -> None:
    clean = article(write(tmp_path / "clean.txt", "date 2031-05-06 " + BODY.replace("\n\n", "\n\n\n\n")))
    page = article(write(tmp_path / "page.txt", COPIED))
    assert compare(clean, page).same_text
    inside = article(write(tmp_path / "inside.txt", BODY.partition("council of ")[2]))
    assert compare(inside, page).same_text
    other = article(write(tmp_path / "other.txt", "The mayor of Lenn resigned on Friday.\n\n" + BODY.split("\n\n")[2]))
    assert not compare(other, page).same_text


@pytest.mark.parametrize(
    "warning",
    [
        "Please be aware that sharing or liking our reports can lead to a fine or prison on the north shore.",
        "Readers may be prosecuted on the north shore for distributing this material or donating to our work.",
    ],
)
def test_warnings_to_the_reader_are_notices_and_the_same_words_in_a_quote_are_not(warning: str) -> None:
    assert read_text(f"{BODY}\n\n{warning}").notice == warning
    quoted = read_text(f"{BODY}\n\n“{warning}” Lorrin said.")
    assert quoted.notice is None
    assert len(quoted.paragraphs) == 4


# --- bytes ---


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_encodings(encoding: str) -> None:
    assert decode(BODY.encode(encoding)) == BODY


def test_cyrillic_in_its_old_encoding() -> None:
    text = (
        "Совет гавани Вельмара проголосовал во вторник за закрытие старой паромной линии, сообщила глава совета. " * 4
    )
    assert decode(text.encode("cp1251")) == text
    assert decode(text.encode("koi8-r"), declared="koi8-r") == text
    assert decode(text.encode(), declared="windows-1251") == text  # a wrong declaration does no harm
    assert language_of(text) == "ru"


def test_latin1_is_read_as_windows_1252() -> None:
    page = '<meta charset="iso-8859-1"><p>“Don’t go – stay”</p>'
    assert decode(page.encode("cp1252"), html=True) == page


def test_mojibake_is_mended_and_nothing_else() -> None:
    broken = "Lorrin said: “we donâ€™t know”."
    assert decode(broken.encode()) == "Lorrin said: “we don’t know”."
    kept = "“Curly” ‘quotes’ &amp; ﬁne ｗｉｄｅ e\u0301 \u00a0 …\r\n\u200b\x1b[0m don't"
    assert decode(kept.encode()) == kept


def test_languages() -> None:
    assert language_of(BODY.upper()) == "en"
    assert language_of("Yes.") is None


# --- JSON Lines ---


def line(**fields: object) -> str:
    return json.dumps({"text": BODY, **fields}) + "\n"


def test_jsonl_keeps_text_and_id_untouched(tmp_path: Path) -> None:
    text = "“Donâ€™t &amp; ﬁ” e\u0301, he said.\r\n\r\nA second paragraph stands here."
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(
        gzip.compress(line(id="post/7", text=text, title="T", published="2031-05-06", outlet="Post").encode())
    )
    found = article(path)
    assert (found.id, found.given_id, found.text) == ("post/7", True, text)
    assert as_object(one(path)) == {
        "file": str(path), "url": None, "title": "T", "outlet": "Post", "author": None, "published": "2031-05-06",
        "language": None, "paragraphs": ["“Donâ€™t &amp; ﬁ” e\u0301, he said.", "A second paragraph stands here."],
        "notice": None,
    }  # fmt: skip


def test_a_broken_line_is_named_and_the_rest_goes_in(tmp_path: Path) -> None:
    lines = [line(id=f"a{n}") for n in range(1, 601)]
    lines[511] = '{"text": "broken\n'
    results = list(read([str(write(tmp_path / "a.jsonl", "".join(lines)))]))
    errors = [str(result.error) for result in results if result.error]
    assert len(errors) == 1
    assert "a.jsonl line 512" in errors[0]
    assert sum(result.article is not None for result in results) == 599


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        ('{"title": "no text"}\n', '"text" is missing'),
        ('{"text": 5}\n', "not a string"),
        ('{"text": "  "}\n', "empty"),
        (line(published="2031-02-30"), "2031-02-30"),
        (line(published="06/05/2031"), "no date"),
        (line(published=20310506), "not a string"),
        (line(url="ftp://x"), "no web address"),
        (line(id="good"), "line 1 already"),
        (line(id={"a": 1}), "not a string"),
        (line(text="half \ud800 a pair"), "surrogate"),
        (line(text="a \x00 b"), "NUL"),
        ("[1, 2]\n", "not a JSON object"),
        ("[" * 50_000 + "\n", "JSON"),
    ],
)
def test_bad_lines(tmp_path: Path, bad: str, words: str) -> None:
    results = list(read([str(write(tmp_path / "a.jsonl", line(id="good") + bad + line(id="last")))]))
    assert [result.article.id if result.article else None for result in results] == ["good", None, "last"]
    message = str(results[1].error)
    assert words in message
    assert "line 2" in message
    assert "\n" not in message


def test_a_line_in_another_encoding(tmp_path: Path) -> None:
    bad = '{"text": "caf\xe9"}\n'.encode("latin-1")
    good, error = read([str(write(tmp_path / "a.jsonl", line().encode() + bad))])
    assert good.article is not None
    assert "not UTF-8" in str(error.error)


def test_a_file_that_is_no_jsonl_gives_up_early(tmp_path: Path) -> None:
    results = list(read([str(write(tmp_path / "a.jsonl", "no json\n" * 100_000))]))
    assert len(results) == 101


def test_jsonl_is_streamed() -> None:
    class Endless:
        """A file of a million lines that must never be read whole."""

        taken = 0

        def read(self, size: int, /) -> bytes:
            self.taken += 1
            return (line().encode() * 100)[: 100 * len(line())] if self.taken <= 10_000 else b""

    stream = Endless()
    first = next(records(stream))
    assert first.text == BODY
    assert stream.taken < 20


def test_line_too_long_is_refused_and_the_next_is_read() -> None:
    data = b'{"text": "' + b"a" * MAX_ARTICLE + b'"}\n' + line().encode()
    first, second = records(io.BytesIO(data))
    assert "20 MB" in str(first.error)
    assert second.text == BODY


# --- sizes, archives, folders ---


def test_an_article_of_200_mb_is_one_clear_error(tmp_path: Path) -> None:
    path = tmp_path / "big.txt"
    with path.open("wb") as file:
        file.truncate(200 * MIB)
    assert "20 MB" in str(one(path).error)


def test_gzip_bombs_and_broken_gzip(tmp_path: Path) -> None:
    bomb = gzip.compress(b"a" * (64 * MIB))
    assert "bomb" in str(one(write(tmp_path / "a.txt.gz", bomb)).error)
    assert "bomb" in str([*read([str(write(tmp_path / "a.jsonl.gz", bomb))])][-1].error)
    packed = gzip.compress(BODY.encode())
    assert "cut off" in str(one(write(tmp_path / "cut.txt.gz", packed[:-12])).error)
    assert "damaged" in str(one(write(tmp_path / "bad.txt.gz", packed[:30] + b"xxxxxxx" + packed[37:])).error)
    assert article(write(tmp_path / "named.txt", packed)).text == BODY  # by content, whatever the name
    assert article(
        write(tmp_path / "two.txt.gz", packed + gzip.compress(b"\n\nThe end of the story came."))
    ).text.endswith("came.")


def test_zip_archives(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("b.txt", BODY)
        archive.writestr("a/c.jsonl", line(id="x") + line(id="y"))
        archive.writestr(".hidden.txt", BODY)
        archive.writestr("picture.png", b"\x89PNG")
    results = list(read([str(path)]))
    assert [result.source for result in results] == [
        f"{path}/a/c.jsonl line 1",
        f"{path}/a/c.jsonl line 2",
        f"{path}/b.txt",
    ]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.txt", b"a" * (64 * MIB))
    assert "bomb" in str(one(path).error)
    assert "damaged" in str(one(write(path, b"PK\x03\x04 no zip")).error)


def test_folders_are_read_in_order_and_hidden_files_passed_over(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("b.txt", "a.txt", "sub/c.txt", ".d.txt", ".git/e.txt", "f.png"):
        write(tmp_path / name, BODY)
    write(tmp_path / "bad.txt", b"%PDF-")
    (tmp_path / "loop").symlink_to(tmp_path)
    names = [Path(result.source).name for result in read([str(tmp_path)])]
    assert names == ["a.txt", "b.txt", "bad.txt", "c.txt"]


def test_no_such_path_and_nothing_readable(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    good = write(tmp_path / "a.txt", BODY)
    results = list(read([str(tmp_path / "none.txt"), str(tmp_path / "empty"), "a\x00b", str(good)]))
    assert [result.error is None for result in results] == [False, False, False, True]
    assert "does not exist" in str(results[0].error)
    assert "no file in the folder" in str(results[1].error)


def test_url_is_for_one_article(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", line() + line())
    (result,) = read([str(path)], url="https://post.example/a")
    assert "one article" in str(result.error)


# --- wild input ---

WILD = settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@WILD
@given(data=st.binary(max_size=400), suffix=st.sampled_from([".txt", ".html", ".jsonl", ".txt.gz", ".zip", ""]))
def test_arbitrary_bytes_never_raise(tmp_path: Path, data: bytes, suffix: str) -> None:
    for result in read([str(write(tmp_path / f"wild{suffix}", data))]):
        assert (result.article is None) != (result.error is None)
        assert result.error is None or "\n" not in str(result.error)


@WILD
@given(text=st.text(st.sampled_from("ab.A \n\r\t\u2028\u00a0\u200b”’é—:-*"), max_size=300))
def test_paragraphs_are_ordered_stripped_spans(text: str) -> None:
    end = 0
    for start, stop in split(text):
        assert end <= start < stop
        assert text[start:stop].strip() == text[start:stop]
        assert any(character.isalnum() for character in text[start:stop])
        end = stop


@WILD
@given(text=st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=300))
def test_stored_text_is_the_decoded_text(tmp_path: Path, text: str) -> None:
    path = write(tmp_path / "a.txt", text)
    result = one(path)
    if result.article is not None:
        assert result.article.text == decode(path.read_bytes())
        assert [result.article.paragraph(i) for i in range(len(result.article.paragraphs))] == [
            result.article.text[s:e] for s, e in result.article.paragraphs
        ]
