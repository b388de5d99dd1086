"""What it costs to play a program of a user's own: CPU against the driver of the real SDK, for the same calls.

The program is the SDK as it comes, so both sides must have the very same records, else nothing is measured and it exits
with 1. What a process of its own costs for each run is told beside that, in milliseconds.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

from run import Different, Results, main, spread

from brownout.harness.cells import Job
from brownout.harness.client import Client
from brownout.harness.drivers.program import virtual as of_a_program
from brownout.harness.drivers.virtual import blocking
from brownout.harness.drivers.virtual import run as asynchronous
from brownout.harness.files import loads
from brownout.harness.ledger import Ledger
from brownout.harness.program import Program, program
from brownout.harness.scenario import Scenario

SEED = 1
DEFAULTS = loads("{name: sdk-defaults, layers: [{sdk: {max_retries: 2}}]}", Client)
PROGRAM = """
import anthropic


def request(prompt, max_tokens):
    return {"model": "m", "max_tokens": max_tokens, "messages": [{"role": "user", "content": prompt}]}


class Asynchronous:
    def __init__(self):
        self.sdk = anthropic.AsyncAnthropic()

    async def ask(self, prompt, *, max_tokens, stream):
        if not stream:
            return await self.sdk.messages.create(**request(prompt, max_tokens))
        async with self.sdk.messages.stream(**request(prompt, max_tokens)) as events:
            return await events.get_final_message()


class Blocking:
    def __init__(self):
        self.sdk = anthropic.Anthropic()

    def ask(self, prompt, *, max_tokens, stream):
        if not stream:
            return self.sdk.messages.create(**request(prompt, max_tokens))
        with self.sdk.messages.stream(**request(prompt, max_tokens)) as events:
            return events.get_final_message()
"""


def scenario(seconds: int) -> Scenario:
    """Calls of both kinds, some of which are tried again."""
    text = f"""
name: some-overload
workload:
  clients: 10
  arrivals: {{kind: poisson, rate: 4/s}}
  calls: {{deadline: 120s, stream: 50%, output_tokens: {{median: 60, p95: 200}}}}
server: {{latency: {{profile: sonnet}}}}
timeline: [{{for: {seconds}s, faults: [{{kind: overload, share: 20%}}]}}]
"""
    return loads(text, Scenario)


def measure(is_quick: bool) -> Results:
    """Ratios and milliseconds. Raises `Different` if the two sides have not the same records."""
    rounds, incident = (1, scenario(3)) if is_quick else (7, scenario(60))
    results: Results = {}
    with TemporaryDirectory() as folder:
        file = Path(folder) / "as_it_comes.py"
        file.write_text(PROGRAM, encoding="utf-8")
        for kind, driver in (("Asynchronous", asynchronous.run), ("Blocking", blocking.run)):
            mine = program(f"{file}:{kind}")
            ratios = [_ratio(incident, mine, driver) for _ in range(rounds)]
            results[f"program.vs_driver.{kind.lower()}"] = spread(ratios)
        short = scenario(1)
        results["program.ms_of_a_process"] = spread([_process(short, mine) for _ in range(rounds)])
    return results


def _ratio(incident: Scenario, mine: Program, driver: Callable[..., Ledger]) -> float:
    ours, its = (
        _taken(lambda: of_a_program.run(incident, mine, SEED)),
        _taken(lambda: driver(incident, DEFAULTS, SEED)),
    )
    if (ours[1].calls, ours[1].attempts) != (its[1].calls, its[1].attempts):
        raise Different("the program and the driver have different records")
    return ours[0] / its[0]


def _taken(run: Callable[[], Ledger]) -> tuple[float, Ledger]:
    gc.collect()
    began = process_time()
    ledger = run()
    return process_time() - began, ledger


def _process(incident: Scenario, mine: Program) -> float:
    """Milliseconds by which a run takes longer in a copy of this process than in this."""
    job = Job(incident, mine, SEED, "virtual", 1.0)
    times = []
    for run in (lambda: of_a_program.run(incident, mine, SEED), job.play):
        began = perf_counter()
        run()
        times.append(perf_counter() - began)
    return 1000 * (times[1] - times[0])


if __name__ == "__main__":
    main(measure)
