"""The command line. Heavy libraries are imported inside the commands that need them: ``--help`` must answer at once."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import click

from bot.cli import articles, editing, questions, serving, upkeep
from data.errors import OnRecordError

UNEXPECTED = 70
"""Exit code of a fault of our own (EX_SOFTWARE of sysexits.h)."""


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option(
    "--home",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the archive and the index. Default: $ONRECORD_HOME, else the platform's user data folder.",
)
@click.version_option(package_name="onrecord", message="onrecord %(version)s")
def onrecord(home: Path | None) -> None:
    """Who said what, and when: answers from news coverage, in verbatim, cited passages.

    Begin with `onrecord add PATH...`, then `onrecord ask "QUESTION"`.

    Exit codes: 0 done; 1 a question not answered, or `check` found a fault; 2 bad usage or bad input.
    """
    if home is not None:
        os.environ["ONRECORD_HOME"] = str(home)


for module in (articles, questions, editing, upkeep, serving):
    for command in module.COMMANDS:
        onrecord.add_command(command)


def main() -> None:
    """Run a command; turn every error into one line on stderr and the exit code that `docs/cli.md` lists."""
    # A heavy library may print advice on import; a reader of answers has no use for it.
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A pipe gets UTF-8 whatever the locale; a character that a terminal can't show must not end the command.
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="backslashreplace")
    try:
        result = onrecord.main(standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Abort:
        _stop("stopped", 130)
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        _stop(f"{error.format_message()} (see {context.command_path if context else 'onrecord'} --help)", 2)
    except OnRecordError as error:
        _stop(str(error), error.exit_code)
    except KeyboardInterrupt:
        _stop("stopped", 130)
    except BrokenPipeError:
        # The reader of our output (`head`, say) has gone: not an error, and nothing more can be written.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("ONRECORD_DEBUG"):
            raise
        # Only the kind of fault: its text might hold an article's or a reader's words.
        _stop(
            f"a fault of our own ({type(error).__name__}): set ONRECORD_DEBUG=1 to see where, and please report it",
            UNEXPECTED,
        )
    sys.exit(result if isinstance(result, int) else 0)


def _stop(message: str, code: int) -> None:
    click.echo(f"onrecord: {' '.join(message.split())}", err=True)
    sys.exit(code)
