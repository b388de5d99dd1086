"""A client file played beside the program that it was exported to: the same calls, the same service, the same seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from brownout.harness.cells import Job
from brownout.harness.client import Client
from brownout.harness.exporting import export
from brownout.harness.files import load
from brownout.harness.ledger import Ledger
from brownout.harness.policies.layer import Layer
from brownout.harness.policies.layers.retry import Retry
from brownout.harness.profiles import Profiles
from brownout.harness.program import Program, program
from brownout.harness.records import AttemptRecord
from brownout.harness.sampling import sampled
from brownout.harness.scenario import Scenario
from brownout.scenarios import known_clients

ASKS = """
import anthropic
import {modules}

MODULES = {profiles}


class Client:
    def __init__(self):
        shared = anthropic.DefaultAsyncHttpxClient()  # one program has one pool of connections
        self.claudes = {{profile: module.Claude(http_client=shared) for profile, module in MODULES.items()}}

    async def ask(self, prompt, *, max_tokens, stream, profile):
        claude = self.claudes.get(profile, self.claudes[""])
        asked = {{"model": "claude-sonnet-5-5", "max_tokens": max_tokens}}
        messages = [{{"role": "user", "content": prompt}}]
        return await (claude.stream if stream else claude.create)(messages=messages, **asked)
"""


def without_jitter(client: Client) -> Client:
    """The same client, whose waits are no matter of chance."""

    def exact(layers: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(_exact(layer) if isinstance(layer, Retry) else layer for layer in layers)

    return client.with_stacks(exact)


def _exact(retry: Retry) -> Retry:
    exact: dict[str, Any] = {"backoff": retry.backoff.model_copy(update={"jitter": "none"})}
    if not isinstance(retry.retry_after, str):
        exact["retry_after"] = retry.retry_after.model_copy(update={"jitter": 0.0})
    return retry.model_copy(update=exact)


def crowded(scenario: Scenario) -> Scenario:
    """A hundredth of the scenario on one client, so that a breaker and a budget have something to do."""
    small = sampled(scenario, 0.01)
    return small.model_copy(update={"workload": small.workload.model_copy(update={"clients": 1})})


def exported(client: Client, folder: Path) -> Program:
    """The program, as its owner would use it; where kinds of calls have layers of their own, an export for each. The
    folder is the current one."""
    modules = {"": "exported"} | {name: f"exported_{name}" for name, _ in client.profiles.given()}
    for profile, module in modules.items():
        (folder / f"{module}.py").write_text(export(client, "python", profile=profile), encoding="utf-8")
    named = "{" + ", ".join(f'"{profile}": {module}' for profile, module in modules.items()) + "}"
    text = ASKS.format(modules=", ".join(modules.values()), profiles=named)
    (folder / "asks.py").write_text(text, encoding="utf-8")
    return program(f"{client.name}=asks.py:Client")


class Attempt(NamedTuple):
    """One request. What our own limits end is called off, whichever it was."""

    started: float
    ended: float | None
    outcome: str
    status: int | None
    is_fresh: bool
    tokens: int


class Story(NamedTuple):
    """What became of a call."""

    started: float
    ended: float | None
    is_ok: bool
    attempts: tuple[Attempt, ...]


_CAME = ("ok", "malformed", "truncated")
_OWN_LIMITS = ("gap", "first_byte", "first_token", "total")
DIGITS = 6
"""Of a second: clocks that began at different times round differently."""


def stories(ledger: Ledger) -> dict[tuple[int, int], Story]:
    """(client, call) -> what became of it."""
    attempts: dict[tuple[int, int], list[Attempt]] = {}
    for each in sorted(ledger.attempts, key=lambda attempt: (attempt.started, attempt.who)):
        kind, status = _from_outside(each)
        ended = None if each.finished is None else round(each.finished, DIGITS)
        attempt = Attempt(round(each.started, DIGITS), ended, kind, status, each.is_fresh, each.tokens)
        attempts.setdefault((each.who.client, each.who.call), []).append(attempt)
    return {
        (call.client, call.call): Story(
            round(call.started, DIGITS),
            None if call.finished is None else round(call.finished, DIGITS),
            call.outcome == "ok",
            tuple(attempts.get((call.client, call.call), ())),
        )
        for call in ledger.calls
    }


def _from_outside(attempt: AttemptRecord) -> tuple[str, int | None]:
    """What it came to, as far as somebody can tell who follows the requests of a program and knows not what it makes of
    them: a limit of its own is a request called off, and a whole body that is no message is an answer."""
    if not attempt.tokens and attempt.outcome in _CAME:
        return "came", None
    if attempt.phase in _OWN_LIMITS or attempt.outcome in ("cancelled", "malformed"):
        return "cancelled", None
    return attempt.outcome, attempt.status


def differences(one: Ledger, other: Ledger) -> dict[tuple[int, int], tuple[Any, Any]]:
    """The calls of which they tell different stories."""
    here, there = stories(one), stories(other)
    names = here.keys() | there.keys()
    return {who: (here.get(who), there.get(who)) for who in names if here.get(who) != there.get(who)}


def both(scenario: Scenario, client: Client, folder: Path, seed: int = 1) -> tuple[Ledger, Ledger]:
    """The client file, and the program, in virtual time."""
    code = exported(client, folder)
    return Job(scenario, client, seed, "virtual", 1.0).play(), Job(scenario, code, seed, "virtual", 1.0).play()


def shipped() -> dict[str, Client]:
    """Every client that goes by its name, with waits that are no matter of chance."""
    return {name: without_jitter(load(path, Client)) for name, path in known_clients().items()}


def in_typescript(client: Client) -> Client:
    """The same client around the SDK for TypeScript, for all kinds of calls: an export is for one."""

    def told(layers: tuple[Layer, ...]) -> tuple[Layer, ...]:
        *around, sdk = layers
        return (*around, sdk.model_copy(update={"language": "typescript"}))

    return client.model_copy(update={"profiles": Profiles()}).with_stacks(told)
