"""What the pytest plugin does once a test wants it: settings from command line, marker and ini file, and figures."""

from __future__ import annotations

import shlex
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from os import fspath
from typing import Any

from brownout.fakes.units import UnitError, format_duration, parse_duration
from brownout.fakes.virtual.errors import NobodyCanProceed

from .. import sources
from ..files import FileError
from ..scenario import Scenario
from .environment import hosts
from .quick import QUICK
from .service import Service
from .stage import Backend
from .unfired import counted

PRODUCTION = "api.anthropic.com"
_LIMITS: dict[Backend, str] = {"virtual": "24h", "wire": "60s"}
PREFIX = "brownout_"
MISTAKES = (ValueError, sources.UnknownName, FileError)
"""Of whoever wrote a marker, an option or an ini file."""


@dataclass(frozen=True)
class Settings:
    """How one test is to be played."""

    scenario: Scenario
    backend: Backend
    seed: int
    hosts: tuple[str, ...]
    limit: float
    """Seconds: of virtual time, or of real."""

    @classmethod
    def of(cls, config: Any, marker: Any) -> Settings:
        """The command line goes before the marker, the marker before the ini file. Raises `ValueError`."""
        given = _given(marker)
        backend = config.getoption("brownout_backend") or given.get("backend") or config.getini("brownout_backend")
        if backend not in _LIMITS:
            raise ValueError(f'brownout: backend: expected "virtual" or "wire", got {backend!r}')
        seed = config.getoption("brownout_seed")
        if seed is None:
            seed = given.get("seed")
        if seed is None:
            seed = config.getini("brownout_seed")
        limit = given.get("limit") or config.getini("brownout_limit") or _LIMITS[backend]
        named = given.get("hosts", ())
        if isinstance(named, str):
            raise ValueError(f"brownout: hosts: expected a list of names, got {named!r} alone")
        try:
            return cls(
                _scenario(given.get("scenario")),
                backend,
                _seed(seed),
                hosts((PRODUCTION, *config.getini("brownout_hosts"), *named)),
                parse_duration(limit),
            )
        except UnitError as error:
            raise ValueError(f"brownout: limit: {error}") from None

    def command(self, test: str) -> str:
        """What plays a test again."""
        return f"pytest {shlex.quote(test)} --brownout-backend={self.backend} --brownout-seed={self.seed}"


def _given(marker: Any) -> dict[str, Any]:
    if marker is None:
        return {}
    if len(marker.args) > 1:
        raise ValueError(f"brownout: expected one scenario, got {len(marker.args)}")
    given: dict[str, Any] = dict(zip(("scenario",), marker.args, strict=False)) | marker.kwargs
    if unknown := given.keys() - {"scenario", "backend", "seed", "hosts", "limit"}:
        raise ValueError(f"brownout: the marker takes no {min(unknown)!r}")
    return given


def _seed(given: Any) -> int:
    """The ini file has texts."""
    try:
        return int(given)
    except (TypeError, ValueError):
        raise ValueError(f"brownout: seed: expected a whole number, got {given!r}") from None


def _scenario(named: Any) -> Scenario:
    if named is None:
        return QUICK
    return named if isinstance(named, Scenario) else sources.scenario(fspath(named)).value


def besides(service: Service, error: BaseException) -> list[str]:
    """What is wrong with a test that has failed with this error, apart from that."""
    found = service.complaints()
    older = [each.name for each in threading.enumerate() if _is_real(each)]
    if isinstance(error, NobodyCanProceed) and older:
        named = ", ".join(map(repr, older))
        found.append(f"older than the test are {named}: such threads run in real time, which nobody here waits for")
    return found


def _is_real(thread: threading.Thread) -> bool:
    """Whether it is of the operating system, and the program's. Those of virtual time have negative numbers."""
    return thread is not threading.main_thread() and (thread.ident or 0) > 0 and not thread.name.startswith("brownout ")


def properties(service: Service) -> list[tuple[str, object]]:
    """Figures for reports, flat."""
    trace, faults = service.trace, service.faults.values()
    return [
        (f"{PREFIX}backend", service.backend),
        (f"{PREFIX}seed", service.seed),
        (f"{PREFIX}attempts", trace.attempts),
        (f"{PREFIX}answered", trace.complete),
        (f"{PREFIX}faults_fired", sum(fired for _, fired in faults)),
        (f"{PREFIX}tokens_wasted", trace.tokens_wasted),
        (f"{PREFIX}seconds", round(trace.now, 6)),
    ]


def summary(tests: Iterable[Mapping[str, Any]]) -> str:
    """One line on all tests that had a service, from the figures of each."""
    found = list(tests)

    def total(name: str, backend: str = "") -> float:
        each = (figures for figures in found if backend in ("", figures[f"{PREFIX}backend"]))
        return sum(float(figures[f"{PREFIX}{name}"]) for figures in each)

    parts = [
        counted(len(found), "test"),
        counted(round(total("attempts")), "attempt"),
        f"{counted(round(total('faults_fired')), 'fault')} took effect",
    ]
    for backend, kind in (("virtual", "virtual"), ("wire", "real")):
        if seconds := round(total("seconds", backend), 1):
            parts.append(f"{format_duration(seconds)} of {kind} time")
    return ", ".join(parts)
