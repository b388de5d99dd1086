"""One process, told of one call: what it reads, what leads it to the fake, and what it says of the outcome."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from contextlib import suppress
from typing import Any

from brownout.fakes.latency import BYTES_PER_TOKEN

from ...policies.call import Ask
from ...policies.outcome import OK, Outcome
from ...printable import blanked

PLACEHOLDER = "none"
"""In place of any API key: a program that goes astray shall not cost anything."""
_NOT_PASSED_ON = frozenset({"ANTHROPIC_AUTH_TOKEN", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"})
_MOST = 64 * 1024
"""Of its output that is kept, in bytes."""
_LONGEST = 80
"""Of what it calls an error, in characters."""


def told(ask: Ask, left: float) -> bytes:
    """The line on its standard input. `left`: seconds until nobody waits for the answer any more."""
    line = {
        "prompt": "x" * (BYTES_PER_TOKEN * ask.input_tokens),
        "max_tokens": ask.max_tokens,
        "stream": ask.stream,
        "deadline": left,
        "profile": ask.profile,
        "client": ask.client,
        "call": ask.call,
    }
    return json.dumps(line).encode() + b"\n"


def led_to(url: str, ask: Ask) -> dict[str, str]:
    """Its environment: who it is stands in the base URL."""
    kept = {name: value for name, value in os.environ.items() if name.upper() not in _NOT_PASSED_ON}
    return kept | {
        "ANTHROPIC_BASE_URL": f"{url}/client/{ask.client}/call/{ask.call}",
        "ANTHROPIC_API_KEY": PLACEHOLDER,
    }


async def run(words: tuple[str, ...], line: bytes, environment: dict[str, str]) -> Outcome:
    """What it says of the outcome; who is called off kills it, with whatever it has started. Raises `OSError`."""
    process = await asyncio.create_subprocess_exec(
        *words,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        env=environment,
        start_new_session=True,
    )
    try:
        _, said = await asyncio.gather(_write(process, line), _last(process))
        return outcome_of(await process.wait(), said)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


async def _write(process: asyncio.subprocess.Process, line: bytes) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):  # it need not read
        process.stdin.write(line)
        await process.stdin.drain()
    process.stdin.close()


async def _last(process: asyncio.subprocess.Process) -> bytes:
    """The end of its output."""
    assert process.stdout is not None
    kept = b""
    while chunk := await process.stdout.read(_MOST):
        kept = (kept + chunk)[-_MOST:]
    return kept


def outcome_of(code: int, said: bytes) -> Outcome:
    """By its exit code; the last line it has printed may say more, if it is a JSON object."""
    answer = _object(said)
    tokens = answer.get("tokens")
    if code == 0 and answer.get("ok", True) is not False:
        return OK._replace(tokens=tokens if type(tokens) is int and tokens > 0 else 0)
    error = blanked(str(answer.get("error") or f"exit code {code}"))
    return Outcome("raised", raised=error[:_LONGEST])


def _object(said: bytes) -> dict[str, Any]:
    lines = said.decode(errors="replace").strip().splitlines()
    try:
        found = json.loads(lines[-1]) if lines else {}
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
