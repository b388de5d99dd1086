"""Streams of the fake through the accumulators of SDKs that are not installed here: 0.x, and TypeScript."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brownout.fakes.reply import Reply

from ..fakes.http.test_replies import MIXED, REPLIES, check, stream_of
from . import typescript
from .older import HOME, older_sdk

pytestmark = pytest.mark.slow
HERE = Path(__file__).parent


class Accumulator:
    """A process that takes streams and gives messages."""

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)

    def __call__(self, text: str, size: int) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"text": text, "size": size}) + "\n")
        return json.loads(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(60)


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
