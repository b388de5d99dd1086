"""What is read from files or drawn: incidents, client configurations, programs, and results of before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import fspath
from pathlib import Path
from types import MappingProxyType
from typing import Any

from brownout.fakes.faults import Fault
from brownout.fakes.units import parse_duration
from brownout.harness import program, sources
from brownout.harness.client import Client
from brownout.harness.frames import Results
from brownout.harness.frames import load as load_results
from brownout.harness.program import Command
from brownout.harness.scenario import Scenario

from .arguments import Named, check_seed, scenario_of


def scenario(named: Named) -> Scenario:
    """An incident. Raises `harness.sources.UnknownName` or `harness.files.FileError`, which names every problem."""
    return sources.scenario(fspath(named)).value


def sampled_incident(
    base: Named | Scenario = "calm",
    *,
    seed: int = 1,
    lasts: str = "2h",
    every: object = MappingProxyType({"mean": "40m"}),
    length: object = MappingProxyType({"median": "20m", "p95": "90m"}),
    faults: Sequence[Sequence[Fault | Mapping[str, Any]]] | None = None,
) -> Scenario:
    """The traffic and service of `base` in an incident that is drawn under a seed: outages of random length at random
    distances, each of one kind of trouble. Equal seeds are equal incidents; play many, and no client is tuned to one.

    `every`: calm before each outage, `length`: of each, as distributions of a scenario file. Those that are not given
    are assumptions in the manner of what status pages publish: outages come at random, so that distances are about
    exponential, and their lengths are skewed, about lognormal, with a median of tens of minutes. Take yours, where you
    have them. `faults`: what goes wrong, a list for each kind of outage, of which each is as likely.

    A playable day has millions of calls: give a `base` of few clients, or play a `sample`. Raises `ValueError`, and as
    `scenario` does.
    """
    check_seed(seed)
    from brownout.harness.outages import KINDS, with_outages

    given = scenario_of(base).value
    calm, outage = (dict(each) if isinstance(each, Mapping) else each for each in (every, length))
    return with_outages(given, seed, parse_duration(lasts), calm, outage, KINDS if faults is None else faults)


def client(named: Named) -> Client:
    """A client configuration. Raises as `scenario` does."""
    return sources.client(fspath(named)).value


def command(words: str) -> Command:
    """A program in any language, as a contestant on the wire: run once for each call, as a shell would split the words.
    `name=words` gives it a name. Raises `harness.importing.NotFound`."""
    return program.command(words)


def load(folder: Named) -> Results:
    """What `run`, `compare` or the command line wrote into a folder. Raises `harness.results.RunFileError` or
    `harness.store.StoreError`."""
    return load_results(Path(folder))
