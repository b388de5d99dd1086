"""The generations of the SDK that the table is held against."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from .networks import Case, play
from .older import Child, older_child
from .program import Seen


@dataclass(frozen=True)
class Here:
    """The SDK that is installed."""

    major: str = "2"

    def play(self, case: Case) -> Seen:
        return play(case)


@pytest.fixture(scope="session", params=["2", pytest.param("0", marks=pytest.mark.slow)])
def sdk(request: pytest.FixtureRequest) -> Iterator[Here | Child]:
    """Each generation in turn."""
    if request.param == "2":
        yield Here()
        return
    with older_child() as child:
        yield child
