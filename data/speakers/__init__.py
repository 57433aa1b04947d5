"""Naming the speaker: the fullest name that an article gives, and one speaker across articles."""

from __future__ import annotations

from data.speakers.across import Merge, SpeakerRow, identity, link_surnames, propose_merges
from data.speakers.resolving import name_speakers

RULES = "speakers-6"
"""The version of the naming rules; names given by another one are out of date."""

__all__ = ["RULES", "Merge", "SpeakerRow", "identity", "link_surnames", "name_speakers", "propose_merges"]
