"""TypeScript programs, compiled and run in Node over real sockets: all calls of a run in one process."""

from __future__ import annotations

import asyncio
import json
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.http.clock import ScaledClock
from brownout.fakes.latency import BYTES_PER_TOKEN
from brownout.fakes.wire.server import WireServer
from brownout.harness.drivers.command.journal import add_attempts
from brownout.harness.drivers.program.port import calls
from brownout.harness.drivers.tasks import TaskPort, play_calls
from brownout.harness.ledger import Ledger
from brownout.harness.policies.effects import Attempt, Handle, Read
from brownout.harness.policies.engine import Callback
from brownout.harness.policies.outcome import OK, Outcome
from brownout.harness.scenario import Scenario

from ...patience import PATIENCE
from ...sdk import typescript

STRICT = ["--strict", "--noUnusedLocals", "--noUnusedParameters", "--target", "es2022", "--module", "nodenext"]
PLAYER = Path(__file__).with_name("player.mjs")


def compile_all(programs: dict[str, str], folder: Path) -> None:
    """Make JavaScript of these programs in a folder where the SDK is found; they are held to strict types."""
    for name, text in programs.items():
        (folder / f"{name}.mts").write_text(text, encoding="utf-8")
    files = [f"{name}.mts" for name in programs]
    command = [*typescript.compiler(), *STRICT, "--skipLibCheck", "--noEmitOnError", *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


class Node:
    """One program at work: asked for call after call, also for many at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process
        self._asked: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._listens = asyncio.create_task(self._listen())

    async def ask(self, **what: Any) -> dict[str, Any]:
        """What it says of a call when that has ended."""
        assert self._process.stdin is not None
        number = len(self._asked)
        answer = self._asked[number] = asyncio.get_running_loop().create_future()
        self._process.stdin.write(json.dumps({"id": number, **what}).encode() + b"\n")
        return await answer

    async def _listen(self) -> None:
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            told = json.loads(line)
            answer = self._asked[told["id"]]
            if not answer.done():
                answer.set_result(told)

    async def close(self) -> None:
        self._listens.cancel()
        with suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()


@asynccontextmanager
async def node(program: Path, url: str, scale: float) -> AsyncIterator[Node]:
    """The program that was compiled there, ready."""
    command = [*typescript.command(PLAYER), str(program), url, str(scale)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe)
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), PATIENCE)
    running = Node(process)
    try:
        yield running
    finally:
        await running.close()


class NodePort(TaskPort):
    """An attempt is one call of the program, with all that it does by itself."""

    def __init__(self, clock: ScaledClock, program: Node) -> None:
        super().__init__(clock)
        self._program = program

    def attempt(self, effect: Attempt, callback: Callback, node: Any) -> Handle:
        return self._start(self._ask(effect), callback, node)

    def read(self, effect: Read, callback: Callback, node: Any) -> NoReturn:
        raise AssertionError("nobody but the program knows its streams")

    async def _ask(self, effect: Attempt) -> Outcome:
        ask = effect.call.ask
        told = await self._program.ask(
            client=ask.client,
            call=ask.call,
            stream=ask.stream,
            max_tokens=ask.max_tokens,
            input=BYTES_PER_TOKEN * ask.input_tokens,
        )
        return OK if told["ok"] else Outcome("raised", raised=told["error"])


def play(scenario: Scenario, program: Path, scale: float, seed: int = 1) -> Ledger:
    """One run of the program, at so many seconds of the scenario a second."""
    return asyncio.run(_play(scenario, program, scale, seed))


async def _play(scenario: Scenario, program: Path, scale: float, seed: int) -> Ledger:
    endpoint, ledger = Endpoint(scenario.service(), seed), Ledger()
    server = WireServer(endpoint, scale=scale)
    await server.start()
    try:
        async with node(program, server.url, scale) as running:
            clock = ScaledClock(asyncio.get_running_loop(), scale)
            port = NodePort(clock, running)
            callers = await play_calls(scenario, seed, port, clock, calls, ledger, server.begin)
            callers.raise_failures()
    finally:
        await server.stop()
    ledger.close(endpoint)
    add_attempts(ledger)
    return ledger
