"""`brownout init`: two files to start from, and their schemas for the editor."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from brownout.fakes.units import format_duration
from brownout.harness.client import Client
from brownout.harness.files import loads
from brownout.harness.importing import NotFound
from brownout.harness.policies.effects import Timeouts
from brownout.harness.real_client import Settings, settings
from brownout.harness.scenario import Scenario

from .schema import schema_of
from .writing import CannotWrite, writing

SCHEMAS = ".brownout"
NEVER = 86_400.0
"""Seconds that stand for no limit: a day is longer than any run."""
MOST_RETRIES = 1000

SCENARIO = """\
# yaml-language-server: $schema=.brownout/scenario.schema.json
#
# An incident, and the traffic it meets. Any client can be played through it:
#   {run}
# `brownout list` names incidents that are ready, `brownout show rate-limit-storm` prints one to copy from.
name: first-storm
about: A minute in which half of all requests are refused and some streams fall silent.

workload:
  clients: 20                              # processes of yours, each with its own connections and breaker
  arrivals: {{kind: poisson, rate: 2/s}}     # of all clients together: take it from your own traffic
  calls:
    deadline: 60s                          # after this nobody waits for the answer: it counts as failed
    stream: 50%
    input_tokens: {{median: 1500, p95: 8000}}
    output_tokens: {{median: 300, p95: 1200}}

server:
  latency: {{profile: sonnet}}               # how fast it is on a good day

timeline:                                  # phase after phase
  - {{for: 30s}}                             # a good one first, to see what the client costs then
  - for: 60s
    faults:                                # a request gets the first that hits it
      # Refused by the second, not one by one: when a quota is exhausted, it is so for everybody.
      - {{kind: rate_limit, share: 50%, retry_after: 2s, per: {{window: 1s}}}}
      # Silent for ever but for pings, which keep the read timeout from firing.
      - {{kind: stall, share: 5%, at: {{tokens: 5}}, pings: 10s}}
  - {{for: 30s}}                             # and one to recover in

objectives:                                # what a client has to keep; start lenient, tighten as it improves
  - goodput >= 90%                         # calls answered whole, by their deadline
  - p95(latency) <= 60s                    # a failed call counts as never
  - amplification <= 2                     # requests sent for each call: retries make an outage worse
"""

CLIENT = """\
# yaml-language-server: $schema=.brownout/client.schema.json
#
# How your program treats the API. Play it through an incident:
#   {run}
# and hold a change against what you have, in a copy of this file:
#   {compare}
name: mine
about: {about}

# {source}
# The HTTP library's limits, each per phase and per attempt. `read` starts anew with every byte, so it limits silence,
# not the length of a call.
timeouts:
{timeouts}

# Outermost first. Each is commented out until you want to try it.
layers:
  # - deadline: {{total: 55s}}               # ends the call as a whole: choose it a little below what your users wait
  # - content_gap: {{limit: 20s}}            # ends a stream without content; pings do not count
  # - retry: {{retries: 3, backoff: {{base: 1s, jitter: full}}, budget: {{deposit: 0.2, capacity: 10}}}}
  {sdk}

# profiles:                                # a kind of call may be treated in a way of its own
#   background: {{timeouts: {{read: 180s}}}}
"""


def init(folder: Path, origin: str | None, force: bool) -> None:
    """Write the files and name them. Nothing is written unless all can be."""
    found = _found(origin)
    files = {"scenario.yaml": _scenario(folder), "client.yaml": _client(folder, origin, found)}
    loads(files["scenario.yaml"], Scenario, "scenario.yaml")  # a mistake of ours shall not become a file of yours
    loads(files["client.yaml"], Client, "client.yaml")
    there = [str(folder / name) for name in files if (folder / name).exists()]
    if there and not force:
        verb = "exists" if len(there) == 1 else "exist"
        raise click.UsageError(f"{' and '.join(there)} {verb} already; --force overwrites")
    with writing(folder):
        (folder / SCHEMAS).mkdir(parents=True, exist_ok=True)
        for kind in ("scenario", "client"):
            (folder / SCHEMAS / f"{kind}.schema.json").write_text(schema_of(kind), encoding="utf-8")
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")
            click.echo(f"Wrote {folder / name}")
    click.echo(f"Next: {_run(folder)}")


def _found(origin: str | None) -> Settings | None:
    try:
        found = None if origin is None else settings(origin)
    except NotFound as error:
        raise CannotWrite(f"--from: {error}") from None
    for name, limit in found.timeouts._asdict().items() if found else ():
        if limit is not None and not limit > 0:
            raise CannotWrite(f"--from: the {name} timeout of {origin} is {limit:g}: every request would fail")
    return found


def _run(folder: Path) -> str:
    return shlex.join(["brownout", "run", "-s", str(folder / "scenario.yaml"), "-c", str(folder / "client.yaml")])


def _scenario(folder: Path) -> str:
    return SCENARIO.format(run=_run(folder))


def _client(folder: Path, origin: str | None, found: Settings | None) -> str:
    compare = ["brownout", "compare", "-s", folder / "scenario.yaml", "-c", folder / "client.yaml", "-c", "copy.yaml"]
    timeouts, retries = (found.timeouts, found.max_retries) if found else (Timeouts(), 2)
    why = dict.fromkeys(Timeouts._fields, "") if found else _REASONS
    name = " ".join(str(origin).split())
    return CLIENT.format(
        run=_run(folder),
        compare=shlex.join(map(str, compare)),
        about=f"What the program runs with today, as {found.kind} says." if found else "The official SDK as it comes.",
        source=f"From {name} ({found.kind})."
        if found
        else "The SDK's own defaults; `brownout init --from app:client` takes those of your program.",
        timeouts="\n".join(_timeout(*item, why[item[0]]) for item in timeouts._asdict().items()),
        sdk=_sdk(retries),
    )


_REASONS = {
    "connect": "mostly tens of milliseconds: more than a few seconds is an outage",
    "read": "of silence before the SDK gives up: longer than anybody waits",
    "write": "of a request's bytes",
    "pool": "of waiting for a free connection, of which there are a thousand",
}


def _timeout(name: str, limit: float | None, why: str) -> str:
    why = "your client sets no limit, and a day stands for that" if limit is None else why
    line = f"  {name}: {format_duration(NEVER if limit is None else limit)}"
    return f"{line.ljust(42)} # {why}" if why else line


def _sdk(retries: int) -> str:
    line = f"- sdk: {{max_retries: {int(min(retries, MOST_RETRIES))}}}"
    why = "the SDK's own retries" if retries <= MOST_RETRIES else f"your client has {retries}, which means no end"
    return f"{line.ljust(40)} # {why}; 0 leaves retrying to a retry layer"
