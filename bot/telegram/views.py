"""What else is shown beside an answer: a passage in its context, a speaker's profile, lists, the sources."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from bot.asking.answer import Citation
from bot.telegram.rendering import citation_blocks, notice_blocks, one_line, source_lines, who_line
from bot.telegram.splitting import Block, escaped, packed, pieces, shown, units
from bot.telegram.words import Words
from data.model import Span, overlap

if TYPE_CHECKING:
    from bot.asking.desk import Context, Profile, Source

CONTEXT_UNITS: Final = 3000
"""Code units of the coverage's text in a context view, which must stay one message (it is shown in place)."""


def context_view(context: Context, words: Words, first_line: str) -> str:
    """The paragraphs around a statement, the statement in bold. ``first_line`` (plain text) stays what it was."""
    citation = context.citation
    parts = [_marked(context.text, span, context.statement) for span in context.paragraphs]
    inside = [place for place, span in enumerate(context.paragraphs) if overlap(span, context.statement)]
    middle = inside[0] if inside else 0
    kept = [_clipped(parts[middle], CONTEXT_UNITS)]
    room = CONTEXT_UNITS - _length(kept[0])
    for place in inside[1:]:
        room = _add(kept, parts[place], room, before=False)
    for place in (middle - 1, (inside[-1] if inside else 0) + 1):
        if 0 <= place < len(parts):
            room = _add(kept, parts[place], room, before=place < middle)
    text = "\n\n".join("".join(f"<b>{escaped(run)}</b>" if bold else escaped(run) for run, bold in one) for one in kept)
    head = [f"<i>{escaped(first_line)}</i>"] if first_line else []
    lines = [*head, f"{words.say('In context')}: {who_line(citation, words)}", f"<blockquote>{text}</blockquote>"]
    return "\n".join([*lines, *source_lines(citation, words)])


Runs = list[tuple[str, bool]]
"""A paragraph in runs of text, each with whether it is the statement's."""


def _marked(text: str, span: Span, statement: Span) -> Runs:
    start, end = max(span[0], statement[0]), min(span[1], statement[1])
    if start >= end:
        return [(shown(text[span[0] : span[1]]), False)]
    runs = [(text[span[0] : start], False), (text[start:end], True), (text[end : span[1]], False)]
    return [(shown(run), bold) for run, bold in runs if run]


def _length(runs: Runs) -> int:
    return sum(units(run) for run, _ in runs)


def _clipped(runs: Runs, limit: int) -> Runs:
    """A paragraph cut to a length, from its end on."""
    kept: Runs = []
    for run, bold in runs:
        room = limit - _length(kept)
        if units(run) <= room:
            kept.append((run, bold))
            continue
        if room > 20:
            kept.append((pieces(run, room - 1)[0] + "…", bold))
        break
    return kept


def _add(kept: list[Runs], runs: Runs, room: int, *, before: bool) -> int:
    """Put a neighbouring paragraph beside what is kept, if there is room for a part worth reading."""
    if room < 80:
        return room
    clipped = _clipped(runs, room)
    kept.insert(0, clipped) if before else kept.append(clipped)
    return room - _length(clipped)


def profile_view(profile: Profile, words: Words, notices: Sequence[str]) -> list[str]:
    """Who somebody is: name, roles, how often quoted, and the latest words."""
    if not profile.name:
        lines = [f"<b>{words.say('I have nobody of that name: {name}', name=one_line(profile.asked, 100))}</b>"]
        if profile.near:
            near = ", ".join(one_line(name, 60) for name in profile.near)
            lines.append(words.say("Did you mean {names}?", names=near))
        return ["\n".join(lines)]
    lines = [f"<b>{one_line(profile.name, 200)}</b>"]
    lines += [f"• {one_line(role, 200)}" for role in profile.roles]
    if profile.also:
        lines.append(words.say("Also: {names}", names=", ".join(one_line(name, 80) for name in profile.also[:5])))
    lines.append(escaped(words.count("{n} statement", "{n} statements", profile.statements)))
    if profile.first and profile.last:
        lines.append(f"{words.day(profile.first)} – {words.day(profile.last)}")
    blocks = [Block.of("\n".join(lines)), *notice_blocks(notices, words)]
    if profile.latest:
        blocks.append(Block.of(f"<i>{words.say('Latest:')}</i>"))
    for citation in profile.latest:
        blocks += citation_blocks(citation, words, None)
    return packed(blocks)


def list_view(heading: str, citations: Sequence[Citation], words: Words, notices: Sequence[str]) -> list[str]:
    """Numbered citations under a heading."""
    blocks = [Block.of(f"<b>{escaped(heading)}</b>"), *notice_blocks(notices, words)]
    for number, citation in enumerate(citations, 1):
        blocks += citation_blocks(citation, words, number)
    return packed(blocks)


def comparison_view(
    said: Mapping[str, Sequence[Citation]], words: Words, notices: Sequence[str], unknown: Collection[str] = ()
) -> list[str]:
    """Several speakers' words on a topic, one speaker after the other. ``unknown`` are names that nobody bears."""
    blocks = notice_blocks(notices, words)
    for name, citations in said.items():
        heading = f"\N{BUST IN SILHOUETTE} <b>{one_line(name, 200)}</b>"
        if name in unknown:
            heading += "\n" + words.say("I don't know anybody of that name in this coverage.")
        elif not citations:
            heading += "\n" + words.say("I have no statement by them about that.")
        blocks.append(Block.of(heading))
        for citation in citations:
            blocks += citation_blocks(citation, words, None)
    return packed(blocks)


def sources_view(sources: Sequence[Source], words: Words) -> list[str]:
    """The outlets, with how many articles and statements of each."""
    if not sources:
        return [escaped(words.say("There is no coverage here yet."))]
    blocks = [Block.of(f"<b>{escaped(words.say('The coverage I answer from'))}</b>")]
    lines = []
    for source in sources[:100]:
        line = (
            f"• {one_line(source.outlet, 100)}: {escaped(words.count('{n} article', '{n} articles', source.articles))}"
        )
        line += f", {escaped(words.count('{n} statement', '{n} statements', source.statements))}"
        lines.append(line)
    blocks += [Block.of("\n".join(lines[start : start + 15])) for start in range(0, len(lines), 15)]
    return packed(blocks)
