"""Naming the speaker: the fullest name that an article gives, and one speaker across articles.

``data.speakers.resolving`` is not imported here: only whoever analyses articles needs it.
"""

from __future__ import annotations

from data.speakers.across import Merge, SpeakerRow, identity, link_surnames, propose_merges

RULES = "speakers-6"
"""The version of the naming rules; names given by another one are out of date."""

__all__ = ["RULES", "Merge", "SpeakerRow", "identity", "link_surnames", "propose_merges"]
