"""A run as it is reported: its results, and what every format says of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from brownout.harness.agreement import Agreement
from brownout.harness.results import RunFile

from .document import Document, document


class Shown(Protocol):
    """What formats for people are given."""

    @property
    def document(self) -> Document:
        """What it says."""


@dataclass(frozen=True)
class Report:
    """What a format is given. Formats for people show the document, those for machines the figures of the run."""

    run: RunFile
    agreement: Sequence[Agreement] = field(default=())
    """How far another backend agrees, if that was measured."""

    @cached_property
    def document(self) -> Document:
        return document(self.run, self.agreement)
