"""Tests of your own code: a service that fails as a scenario says, in virtual time or on a port."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING

from brownout.fakes.units import parse_duration
from brownout.harness.scenario import Scenario

from .arguments import Named, check_seed, scenario_of

if TYPE_CHECKING:
    from brownout.harness.testing.service import Service


PRODUCTION = "api.anthropic.com"
"""Where the SDK's clients go unless they are told otherwise."""


def virtual(
    scenario: Named | Scenario | None = None,
    *,
    seed: int = 1,
    hosts: Sequence[str] = (PRODUCTION,),
    limit: str = "24h",
) -> AbstractContextManager[Service]:
    """Virtual time for a `with` statement: your own code, with whatever clients of `anthropic`, `httpx` or `httpx2` it
    makes, meets the scenario at `hosts`, and its waiting takes no time. Without a scenario nothing goes wrong until you
    script it. Threads, executors and event loops that are started inside live in it too. No API key is needed. Nothing
    else can be reached: `fakes.virtual.errors.NotRouted`. Who waits for ever, or still when `limit` is over, is ended:
    `harness.testing.checked.NeverEnds`.

    Yields the `harness.testing.service.Service`, which tells what was asked for and takes faults; one that is scripted
    and does not take effect raises `harness.testing.checked.ProvesNothing` in the end. Raises `RuntimeError` inside
    another and inside an event loop that runs, `ValueError` for arguments, and as `scenario` does for files.
    """
    if isinstance(hosts, str):
        raise ValueError(f"hosts: expected a list of names, got {hosts!r} alone; write [...] around it")
    check_seed(seed)
    from brownout.harness.testing.checked import checked
    from brownout.harness.testing.virtual import virtual

    return checked(virtual(_incident(scenario), seed, hosts, parse_duration(limit)))


def wire(scenario: Named | Scenario | None = None, *, seed: int = 1) -> AbstractContextManager[Service]:
    """The same in real time over real sockets: a server on a loopback port, in a thread of its own, for programs that
    cannot live in virtual time. The environment leads the SDK's clients there that are made inside; others find it at
    the service's `url`. Nothing beyond this machine can be reached."""
    check_seed(seed)
    from brownout.harness.testing.checked import checked
    from brownout.harness.testing.wire import wire

    return checked(wire(_incident(scenario), seed))


def _incident(given: Named | Scenario | None) -> Scenario:
    if given is None:
        from brownout.harness.testing.quick import QUICK

        return QUICK
    return scenario_of(given).value
