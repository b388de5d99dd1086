"""Streams of the fake through the accumulators of SDKs that are not installed here: 0.x, and TypeScript."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brownout.fakes.reply import Reply

from ..fakes.http.test_replies import MIXED, REPLIES, check, stream_of
from ..pipes import Piped
from . import typescript
from .older import HOME, older_sdk

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent


class Accumulator:
    """A process that takes streams and gives messages."""

    def __init__(self, command: list[str]) -> None:
        self._program = Piped(command)
        self.close = self._program.close

    def __call__(self, text: str, size: int) -> Any:
        return self._program.ask(json.dumps({"text": text, "size": size}))


@pytest.fixture(scope="module", params=["0.x", "typescript"])
def accumulate(request: pytest.FixtureRequest) -> Iterator[Accumulator]:
    if request.param == "0.x":
        with older_sdk():
            found = Accumulator([str(HOME / "bin/python"), "-I", str(HERE / "accumulate.py")])
    else:
        found = Accumulator(typescript.command(HERE / "accumulate.mjs"))
    yield found
    found.close()


@pytest.mark.parametrize("size", [1, 5, 4096])
def test_a_mixed_reply(accumulate: Accumulator, size: int) -> None:
    """Thinking, text and tools, in pieces of any size."""
    check(accumulate(stream_of(MIXED), size), MIXED)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reply=REPLIES, size=st.integers(1, 4096))
def test_any_reply(accumulate: Accumulator, reply: Reply, size: int) -> None:
    """Whatever its blocks, and however the network cuts the stream."""
    check(accumulate(stream_of(reply), size), reply)
