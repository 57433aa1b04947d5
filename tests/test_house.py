"""The rules of the house: one direction, small files, every command and setting documented, nothing third-party."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from bot.cli import onrecord
from data.settings import Settings

ROOT = Path(__file__).parent.parent
ROOMS = {"data": set(), "embeddings": {"data"}, "bot": {"data", "embeddings"}}
MODULES = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_room_imports_only_what_stands_left_of_it(path: Path) -> None:
    room = path.relative_to(ROOT).parts[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            top = name.split(".")[0]
            assert top not in ROOMS or top == room or top in ROOMS[room], f"{path}: imports {name}"
            assert not (room != "bot" and top == "telegram"), f"{path}: knows Telegram"


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_can_be_read_at_one_sitting(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert len(source.splitlines()) <= 650
    assert not source.strip() or ast.get_docstring(ast.parse(source)), "a module says what its idea is"


def commands(group: click.Group = onrecord, prefix: str = "onrecord") -> list[tuple[str, click.Command]]:
    found = []
    for name, command in group.commands.items():
        found.append((f"{prefix} {name}", command))
        if isinstance(command, click.Group):
            found += commands(command, f"{prefix} {name}")
    return found


@pytest.mark.parametrize(("path", "command"), commands())
def test_every_command_is_documented(path: str, command: click.Command) -> None:
    assert command.help, f"{path} has no help"
    assert f"`{path}" in (ROOT / "docs/cli.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_every_setting_is_documented(name: str) -> None:
    field = Settings.model_fields[name]
    assert field.description
    page = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
    variable = "TELEGRAM_BOT_TOKEN" if name == "telegram_token" else f"ONRECORD_{name.upper()}"
    assert f"`{variable}`" in page


def test_every_dependency_has_its_reason() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    block = project[project.index("dependencies = [") : project.index("]\n\n[project.optional")]
    names = re.findall(r'^\s+"([A-Za-z0-9_-]+)', block, flags=re.MULTILINE)
    decisions = (ROOT / "docs/decisions.md").read_text(encoding="utf-8").lower()
    assert len(names) > 15
    assert [name for name in names if f"`{name.lower()}`" not in decisions] == []


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from bot.cli import onrecord\n"
        "heavy = {'torch', 'spacy', 'faiss', 'sentence_transformers', 'transformers', 'sklearn', 'matplotlib', 'scipy',"
        " 'trafilatura', 'telegram', 'sqlalchemy', 'numpy', 'dateparser'}\n"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
