"""The command line as a user meets it: outcomes, exit codes, and one clear line for every kind of bad input."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command_line import Run, one_line

SAMPLE = Path(__file__).parent.parent / "data/sample"
TEXT = (
    "The ferry to Quern stopped on Friday.\n\n“We have no oil and no captain,” said Ada Molnar, who runs the line.\n\n"
    "Molnar said the council had been told in March.\n"
)


@pytest.fixture(scope="module")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample coverage, added as a user would, by the command itself in a process of its own."""
    home = tmp_path_factory.mktemp("sample")
    command = [sys.executable, "-c", "import bot.cli; bot.cli.main()", "add", str(SAMPLE / "articles")]
    done = subprocess.run(
        command, env={**os.environ, "ONRECORD_HOME": str(home)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "42 added, 1 corrected" in done.stdout
    return home


# --- adding and what follows


def test_adding_twice_changes_nothing(run: Run, sample_home: Path) -> None:
    done = run("add", SAMPLE / "articles", "--json", home=sample_home)
    assert done.code == 0
    counts = json.loads(done.out)
    assert counts["unchanged"] == 44
    assert sum(counts.values()) == 44


def test_status_counts_what_is_there(run: Run, sample_home: Path) -> None:
    facts = json.loads(run("status", "--json", home=sample_home).out)
    assert facts["articles"] == 42
    assert facts["statements"] > 150
    assert facts["outlets"]["Harbour Post"] == 9
    assert facts["waiting"] == 0
    assert facts["generation"] == 1
    assert facts["model"] == "multilingual-e5-small"
    assert facts["newest"] == "2024-11-12"
    assert "42 articles" in run("status", home=sample_home).out


def test_check_finds_nothing_and_then_a_flipped_byte(run: Run, sample_home: Path, tmp_path: Path) -> None:
    assert run("check", home=sample_home).code == 0
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(sample_home), str(copy)], check=True)
    largest = max(
        (file for file in (copy / "index").rglob("*") if file.is_file()), key=lambda file: file.stat().st_size
    )
    damaged = bytearray(largest.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    largest.write_bytes(damaged)
    done = run("check", home=copy)
    assert done.code == 1
    assert "rebuild" in done.out


def test_speakers_are_listed_merged_and_split(run: Run, sample_home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(sample_home), str(copy)], check=True)
    listed = [json.loads(line) for line in run("speakers", "list", "--json", home=copy).out.splitlines()]
    by_name = {row["name"]: row for row in listed}
    assert by_name["Jonna Mattick"]["statements"] >= 8
    assert run("speakers", "nobody of this name", home=copy).code == 1
    done = run("speakers", "merge", "Jonna Mattick", "Tobiah Crane", home=copy)
    assert done.code == 0, done.err
    merged = [json.loads(line) for line in run("speakers", "list", "mattick", "--json", home=copy).out.splitlines()]
    assert merged[0]["statements"] == by_name["Jonna Mattick"]["statements"] + by_name["Tobiah Crane"]["statements"]
    assert run("speakers", "split", f"#{by_name['Tobiah Crane']['key']}", home=copy).code == 0
    again = [json.loads(line) for line in run("speakers", "list", "mattick", "--json", home=copy).out.splitlines()]
    assert again[0]["statements"] == by_name["Jonna Mattick"]["statements"]
    assert "no speaker is called" in one_line(run("speakers", "merge", "Nobody", "Tobiah Crane", home=copy))


def test_removed_articles_are_gone_and_a_rebuild_does_not_bring_them_back(
    run: Run, sample_home: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-r", str(sample_home), str(copy)], check=True)
    assert run("remove", "--outlet", "Harbour Post", home=copy).code == 0
    assert json.loads(run("status", "--json", home=copy).out)["articles"] == 33
    done = run("rebuild", home=copy)
    assert done.code == 0, done.err
    assert " 0 texts encoded" in done.out
    assert json.loads(run("status", "--json", home=copy).out)["articles"] == 33
    assert run("check", home=copy).code == 0


def test_export_backup_restore(run: Run, sample_home: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    exported = run("export", "articles", home=sample_home).out.splitlines()
    assert len(exported) == 42
    table = tmp_path / "statements.csv"
    assert run("export", "statements", "--format", "csv", "-o", table, home=sample_home).code == 0
    assert table.read_text(encoding="utf-8").count("\n") > 150
    kept = tmp_path / "kept.sqlite"
    assert run("backup", kept, home=sample_home).code == 0
    assert "there already" in one_line(run("backup", kept, home=sample_home))
    assert run("restore", kept, home=copy).code == 0
    assert json.loads(run("status", "--json", home=copy).out)["articles"] == 42


# --- asking


def test_an_answer_as_a_person_reads_it(run: Run, sample_home: Path) -> None:
    done = run("ask", "Who called the raid on the print works an act of cowardice?", home=sample_home)
    assert done.code == 0, done
    assert "Noor Esterhaze" in done.out
    assert "act of cowardice" in done.out
    assert "https://tasmere-ledger.example/2023/03/14/print-works-raid" in done.out
    assert "14 March 2023" in done.out


def test_the_json_keeps_to_the_contract(run: Run, sample_home: Path) -> None:
    done = run("ask", "What did Mirela Tosk say about detained reporters?", "--json", home=sample_home)
    answer = json.loads(done.out)
    assert {"question", "answered", "text", "query", "citations", "nearest"} <= set(answer)
    assert {"intent", "speakers", "from", "to", "outlets", "topic"} <= set(answer["query"])
    texts = {
        json.loads(line)["id"]: json.loads(line)["text"]
        for line in run("export", "articles", home=sample_home).out.splitlines()
    }
    assert answer["answered"]
    for citation in answer["citations"]:
        assert texts[citation["article"]][citation["start"] : citation["end"]] == citation["quote"]
        assert citation["reported"] == (citation["said_on"] is None)
        assert {"rank", "url", "outlet", "title", "published", "paragraph", "speaker", "speaker_role"} <= set(citation)
        assert {"cue", "kind", "score"} <= set(citation)
    assert answer["citations"][0]["speaker"] == "Mirela Tosk"


def test_a_question_without_an_answer_ends_with_1(run: Run, sample_home: Path) -> None:
    done = run("ask", "What did Osric Halvane say about fishing quotas?", "--json", home=sample_home)
    assert done.code == 1
    answer = json.loads(done.out)
    assert not answer["answered"]
    assert answer["citations"] == []


def test_a_batch_keeps_ids_order_and_turns(run: Run, sample_home: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    rows = [
        {"id": "b", "turns": ["What did the interior minister say about the tapes?", "when was that?"]},
        {"id": "a", "turns": [""]},
        {"id": 7, "turns": ["Who said the sea doesn't negotiate?"]},
    ]
    batch.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    done = run("ask", "--batch", batch, "--json", home=sample_home)
    assert done.code == 0
    answers = [json.loads(line) for line in done.out.splitlines()]
    assert [answer["id"] for answer in answers] == ["b", "a", 7]
    assert answers[0]["citations"][0]["speaker"] == "Ilsa Varkonen"
    assert not answers[1]["answered"]
    assert "line 2" in done.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["ask"], "give one QUESTION"),
        (["ask", ""], "question"),
        (["ask", "   \n "], "question"),
        (["ask", "x" * 5000], "question"),
        (["ask", "What did Halvane say on 31 February 2024?"], "February"),
        (["ask", "Who?", "--today", "yesterday"], "YYYY-MM-DD"),
        (["ask", "--batch", "no-such.jsonl"], "no-such.jsonl"),
        (["frobnicate"], "frobnicate"),
        (["add"], "Missing argument"),
        (["remove"], "say which"),
        (["correct", "1.2-3"], "say what to mend"),
        (["correct", "nonsense", "--hide"], "nonsense"),
        (["export", "articles", "--format", "csv"], "jsonl"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, list) else None,
)
def test_bad_usage_is_one_line(run: Run, sample_home: Path, words: list[str], said: str) -> None:
    assert said in one_line(run(*words, home=sample_home))


def test_yesterday_in_a_batch_is_the_day_before_its_line_was_asked(run: Run, sample_home: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    row = {"id": 1, "turns": ["Who spoke yesterday?"], "asked": "2023-03-15"}
    batch.write_text(json.dumps(row), encoding="utf-8")
    told = json.loads(run("ask", "--batch", batch, "--json", home=sample_home).out)
    assert (told["query"]["from"], told["query"]["to"]) == ("2023-03-14", "2023-03-14")
    fixed = run("ask", "--batch", batch, "--json", "--today", "2020-01-02", home=sample_home)
    assert json.loads(fixed.out)["query"]["from"] == "2020-01-01"
    batch.write_text('{"id": 1, "turns": ["Who spoke yesterday?"], "asked": "spring"}', encoding="utf-8")
    assert "line 1" in one_line(run("ask", "--batch", batch, "--json", home=sample_home))


def test_a_bad_question_of_many_leaves_the_others_answered(run: Run, sample_home: Path, tmp_path: Path) -> None:
    questions = tmp_path / "questions.txt"
    questions.write_text("Who spoke on 31 February?\nWho said the sea doesn't negotiate?\n", encoding="utf-8")
    done = run("ask", "--each", questions, "--json", home=sample_home)
    assert done.code == 0
    assert len(done.out.splitlines()) == 1
    assert "line 1: there is no 31 February" in done.err


def test_a_broken_batch_line_is_named(run: Run, sample_home: Path, tmp_path: Path) -> None:
    batch = tmp_path / "questions.jsonl"
    batch.write_text('{"id": 1, "turns": ["Who said it?"]}\n{"id": 2, "turns": "no list"}\n', encoding="utf-8")
    assert "line 2" in one_line(run("ask", "--batch", batch, "--json", home=sample_home))


# --- bad input to add: one line each, the others go in


def test_one_bad_article_of_many(run: Run, tmp_path: Path) -> None:
    lines = [
        json.dumps({"id": f"a{n}", "published": "2024-02-03", "text": f"Parcel {n} arrived.\n\n{TEXT}"})
        for n in range(20)
    ]
    lines[11] = '{"id": "broken", "text": '
    lines[15] = '{"id": "nothing"}'
    source = tmp_path / "news.jsonl"
    source.write_text("\n".join(lines), encoding="utf-8")
    done = run("add", source)
    assert done.code == 2
    assert "18 added" in done.out
    assert "2 refused" in done.out
    assert "line 12" in done.err
    assert "line 16" in done.err
    assert json.loads(run("status", "--json").out)["articles"] == 18


def fresh(name: str, content: bytes) -> Callable[[Path], Path]:
    def make(folder: Path) -> Path:
        (folder / name).write_bytes(content)
        return folder / name

    return make


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (fresh("empty.txt", b""), "empty.txt"),
        (fresh("image.txt", bytes(range(256)) * 40), "image.txt"),
        (fresh("archive.jsonl.gz", b"\x1f\x8b not really"), "archive.jsonl.gz"),
        (fresh("bomb.txt.gz", gzip.compress(b"a" * 60_000_000)), "bomb.txt.gz"),
        (fresh("date.jsonl", b'{"text": "A long enough text.", "published": "2024-02-31"}'), "2024-02-31"),
        (fresh("type.jsonl", b'{"text": 7}'), "line 1"),
        (fresh("page.html", b"<html><body></body></html>"), "page.html"),
        (lambda folder: folder / "missing.txt", "missing.txt"),
        (lambda _: Path("http://127.0.0.1:8080/"), "127.0.0.1"),
    ],
    ids=["empty", "binary", "gzip", "bomb", "date", "type", "page", "missing", "loopback"],
)
def test_what_cannot_be_read_is_one_line(run: Run, tmp_path: Path, make: Callable[[Path], Path], said: str) -> None:
    source = str(make(tmp_path)).replace("http:/127", "http://127")
    done = run("add", source)
    assert done.code == 2
    errors = done.err.strip().splitlines()
    assert len(errors) == 1
    assert said in errors[0]


def test_an_archive_that_cannot_be_opened_is_one_line(run: Run, tmp_path: Path) -> None:
    assert "onrecord add" in one_line(run("ask", "Who said it?", home=tmp_path / "none"))
    garbage = tmp_path / "garbage"
    garbage.mkdir()
    (garbage / "archive.sqlite").write_bytes(b"this is no database" * 100)
    one_line(run("status", home=garbage))


def test_another_model_is_an_error_with_the_way_out(
    run: Run, sample_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONRECORD_MODEL", "/no/such/model")
    assert "/no/such/model" in one_line(run("ask", "Who said it?", home=sample_home))
    monkeypatch.setenv("ONRECORD_BACKEND", "abacus")
    assert "ONRECORD_BACKEND" in one_line(run("status", home=sample_home))


# --- reading and statements, nothing stored


def test_read_and_statements_store_nothing(run: Run, tmp_path: Path) -> None:
    source = tmp_path / "ferry.txt"
    source.write_text(
        f"title: Ferry stops\noutlet: The Quern Herald\npublished: 2024-05-06\n\n{TEXT}", encoding="utf-8"
    )
    page = json.loads(run("read", source, "--json").out)
    assert (page["title"], page["outlet"], page["published"]) == ("Ferry stops", "The Quern Herald", "2024-05-06")
    assert len(page["paragraphs"]) == 3
    rows = [json.loads(line) for line in run("statements", source, "--json").out.splitlines()]
    assert {row["speaker_name"] for row in rows} == {"Ada Molnar"}
    assert {row["kind"] for row in rows} == {"direct", "indirect"}
    assert run("status").code == 2


def test_a_token_is_asked_for_and_never_shown(run: Run, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TELEGRAM_BOT_TOKEN", raising=False)
    assert "TELEGRAM_BOT_TOKEN" in one_line(run("bot", home=sample_home))
    monkeypatch.setenv("TELEGRAM_BOT_TOKEN", "12:not-a-token")
    monkeypatch.setenv("ONRECORD_TELEGRAM_API", "http://127.0.0.1:9")
    line = one_line(run("bot", home=sample_home))
    assert "not-a-token" not in line
