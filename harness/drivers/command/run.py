"""One run of a command, on the wire, in real time."""

from __future__ import annotations

import asyncio
import shlex
from typing import Any, NoReturn

from brownout.fakes.draws import Identity
from brownout.fakes.endpoint import Endpoint
from brownout.fakes.http.clock import ScaledClock
from brownout.fakes.wire.apart import WireThread
from brownout.fakes.wire.server import UNSEEN

from ...ledger import Ledger
from ...policies.call import Ask
from ...policies.effects import Attempt, Handle, Read
from ...policies.engine import Callback
from ...policies.outcome import Outcome
from ...program import Command
from ...scenario import Scenario
from ...scoring import Unplayable
from ..program.port import calls
from ..tasks import TaskPort, play_calls
from ..wire.secured import Secured, secured
from . import process
from .journal import add_attempts


def run(scenario: Scenario, command: Command, seed: int, scale: float = 1.0) -> Ledger:
    """Play one command through one scenario under one seed. There is no scaling the time that a program knows."""
    endpoint = Endpoint(scenario.service(), seed)
    with secured(scenario) as tls, WireThread(endpoint, tls.tls, tls.untrusted) as there:
        ledger = asyncio.run(_play(scenario, command, seed, there, tls))
    ledger.close(endpoint)
    add_attempts(ledger)
    ledger.attempts.sort(key=lambda attempt: (attempt.started, attempt.who))
    if ledger.calls and not ledger.attempts and not endpoint.entrance.turned_away:
        raise Unplayable(f"{command.name} sends nothing to ANTHROPIC_BASE_URL: {_why(ledger)}")
    return ledger


def _why(ledger: Ledger) -> str:
    said = ledger.calls[0].exception or "it says that all is well"
    return f"{said}. Try it by hand, with a line such as {shlex.quote(_LINE)} as its input"


_LINE = '{"prompt": "hi", "max_tokens": 9, "stream": false, "deadline": 60}'


async def _play(scenario: Scenario, command: Command, seed: int, there: WireThread, tls: Secured) -> Ledger:
    ledger = Ledger()
    clock = ScaledClock(asyncio.get_running_loop())
    port = CommandPort(clock, command, there, tls.variables)
    callers = await play_calls(scenario, seed, port, clock, calls, ledger, lambda: there.do(there.server.begin))
    callers.raise_failures()
    return ledger


class CommandPort(TaskPort):
    """`attempt` and `timer`: an attempt is one process, with all that it does by itself."""

    def __init__(self, clock: ScaledClock, command: Command, there: WireThread, variables: dict[str, str]) -> None:
        """`variables`: of the environment, beside those that lead to the fake."""
        super().__init__(clock)
        self._command = command
        self._there = there
        self._variables = variables

    def attempt(self, effect: Attempt, callback: Callback, node: Any) -> Handle:
        ask = effect.call.ask
        self._there.tell(lambda: self._knock(ask))
        line = process.told(ask, ask.intended + ask.deadline - self.now())
        work = process.run(self._command.words, line, process.led_to(self._there.url, ask) | self._variables)
        return self._start(self._checked(work), callback, node)

    def read(self, effect: Read, callback: Callback, node: Any) -> NoReturn:
        raise AssertionError("nobody but the program knows its streams")

    async def _checked(self, work: Any) -> Outcome:
        try:
            outcome: Outcome = await work
        except OSError as error:
            raise Unplayable(f"{self._command.name}: {(error.strerror or str(error)).lower()}") from None
        return outcome

    def _knock(self, ask: Ask) -> None:
        """A port that is shut sees nobody: whoever is called meanwhile is taken to have tried once."""
        server = self._there.server
        if server.keeps_everybody_out:
            server.endpoint.entrance.connect(
                Identity(ask.client, ask.call), ask.stream, server.clock.now(), stages=UNSEEN
            )
