"""The index that a shell holds open: always the newest state, swapped without disturbing a search under way.

index = Index.open(archive, encoder)
index.refresh()                     # before a question, or every second: one indexed read when nothing changed
search = index.view.search(encoder.encode_query(question), question)
"""

from __future__ import annotations

import threading
from typing import Self

from data.archive import Archive
from data.archive.generations import Generation
from data.errors import IndexFault
from embeddings import generations
from embeddings.encoder import Encoder
from embeddings.search import Edit, Overlay, View

_ATTEMPTS = 3


class Index:
    """The current generation, open for searching. Thread-safe.

    Attributes:
        view: the state to search now. Take it once a question: all of an answer comes from one state.
    """

    def __init__(self, archive: Archive, encoder: Encoder) -> None:
        self._archive = archive
        self._encoder = encoder
        self._refreshing = threading.Lock()
        self._seen: int | None = None
        self.view = View(0, [], Overlay())

    @classmethod
    def open(cls, archive: Archive, encoder: Encoder) -> Self:
        """Open the current generation of an archive; an archive without one is searched as empty.

        Raises:
            IndexFault: it is missing, damaged, from a later version, or made with another model.
        """
        index = cls(archive, encoder)
        index.refresh()
        return index

    def refresh(self) -> bool:
        """Take up whatever has changed: a new generation, removals, corrections, merged speakers; whether anything had.

        When this raises, the view stays as it was and the next call tries again.

        Raises:
            IndexFault: as for ``open``.
        """
        if self._archive.change_counter() == self._seen:
            return False
        with self._refreshing:
            seen = self._archive.change_counter()
            if seen == self._seen:
                return False
            self.view = self._newest()
            self._seen = seen
            return True

    def _newest(self) -> View:
        attempts = 0
        while True:
            generation, overlay = self._state()
            generations.require_model(generation, self._encoder)
            at_hand = {segment.name: segment for segment in self.view.segments}
            try:
                names = generation.segments if generation else ()
                segments = generations.opened(self._archive, names, at_hand)
            except IndexFault:
                # Between reading the register and opening the files, the generation may have been replaced and swept.
                attempts += 1
                if attempts == _ATTEMPTS or self._state()[0] == generation:
                    raise
                continue
            for segment in segments:
                if segment.name not in at_hand:
                    segment.warm()
            return View(generation.number if generation else 0, segments, overlay)

    def _state(self) -> tuple[Generation | None, Overlay]:
        with self._archive.snapshot() as state:
            edits = {
                one.key: Edit(
                    one.speaker_key, one.statement.said_on.days if one.statement.said_on else None, one.hidden
                )
                for one in state.edited()
            }
            return state.current_generation(), Overlay(frozenset(state.removed()), edits, state.merged())
