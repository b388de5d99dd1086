"""How long an exported retry waits: for each draw what the file's would."""

from __future__ import annotations

import asyncio
import random
import sys
from types import ModuleType
from typing import Any

import anthropic
import httpx2
import pytest

from brownout.harness.exporting import export
from brownout.harness.policies.layers.retry import Retry
from brownout.harness.policies.outcome import Outcome

from .variants import CHANCES


def module_of(text: str, name: str = "exported_here") -> ModuleType:
    """The program, imported."""
    module = ModuleType(name)
    sys.modules[name] = module  # dataclasses look there
    exec(compile(text, name, "exec"), vars(module))
    return module


def limited(seconds: float | None) -> anthropic.RateLimitError:
    """What the SDK raises for a 429."""
    headers = {} if seconds is None else {"retry-after": f"{seconds:g}"}
    response = httpx2.Response(429, headers=headers, request=httpx2.Request("POST", "http://none"))
    return anthropic.RateLimitError("", response=response, body=None)


@pytest.mark.parametrize("name", CHANCES)
@pytest.mark.parametrize("asked", [None, 0.5, 6.0])
@pytest.mark.parametrize("u", [0.01, 0.37, 0.99])
def test_each_draw_waits_as_long(name: str, asked: float | None, u: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Retry after retry; a wait that is too long for the file is too long for the program."""
    client, waited = CHANCES[name], list[float]()
    file = client.layers[0]
    assert isinstance(file, Retry)

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def fails(call: Any) -> Any:
        raise limited(asked if len(waited) < file.retries - 1 else 9.5)

    monkeypatch.setattr(random, "random", lambda: u)
    monkeypatch.setattr(asyncio, "sleep", sleep)
    code: Any = module_of(export(client, "python"))
    retry = code.Claude(api_key="none")._run.func
    with pytest.raises(anthropic.RateLimitError):
        asyncio.run(retry(fails, code.Call({})))
    expected: list[float] = []
    for tried in range(file.retries - 1):
        outcome = Outcome("status", status=429, retry_after=asked)
        pause = file.pause(outcome, tried, u, expected[-1] if expected else None)
        assert pause is not None
        expected.append(pause[0])
    assert waited == pytest.approx(expected)
