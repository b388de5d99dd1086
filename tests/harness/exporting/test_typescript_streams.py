"""What the owner of exported TypeScript calls: texts as they come, and breaks with what had come."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import brownout
from brownout import faults
from brownout.harness.testing.service import Service

from .node import node


@pytest.fixture
def service() -> Iterator[Service]:
    """Twelve tokens, quickly."""
    with brownout.wire() as service:
        service.answers(tokens=12, first_token="20ms", token_gap="5ms")
        yield service


def asked(programs: Path, service: Service, *hows: str) -> list[dict[str, Any]]:
    """What the program says of calls, one after the other, each made in that way."""

    async def ask() -> list[dict[str, Any]]:
        async with node(programs / "chat.mjs", service.url, 1.0) as program:
            what = {"client": 0, "call": 0, "stream": True, "max_tokens": 40, "input": 9}
            return [await program.ask(how=how, **what) for how in hows]

    return asyncio.run(ask())


def test_texts_come_piece_by_piece(programs: Path, service: Service) -> None:
    """By a function or by an iterator, which may be left early: then the request is called off."""
    told, iterated, left = asked(programs, service, "on text", "text", "left")
    assert told["ok"]
    assert told["shown"] == iterated["shown"]
    assert left["ok"]
    assert told["shown"].startswith(left["shown"])
    assert 0 < len(left["shown"]) < len(told["shown"])
    assert len(service.requests) == 3


@pytest.mark.parametrize("how", ["on text", "text"])
def test_who_has_seen_a_part_is_told_of_the_break(programs: Path, service: Service, how: str) -> None:
    """Nothing comes twice, and the error knows what had come."""
    service.next(faults.truncate(at={"tokens": 5}))
    [told] = asked(programs, service, how)
    assert (told["ok"], told["error"]) == (False, "StreamBroken")
    assert told["shown"] == told["partial"] != ""
    assert len(service.requests) == 1
