"""Words of commands that do something again, from the folder in which it was done."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.fakes.units import format_share


def contestant(named: str, *, is_command: bool) -> list[str]:
    """As an option."""
    return ["--client-command" if is_command else "-c", named]


def how(backend: str, time_scale: float, sample: float, is_lean: bool, *seeds: str) -> list[str]:
    """Where it is played, under which seeds, and how much of it."""
    words = ["--backend", backend, *seeds]
    words += ["--time-scale", number(time_scale)] if backend == "wire" else []
    words += ["--sample", format_share(sample)] if sample != 1.0 else []
    return words + (["--lean"] if is_lean else [])


def seeds(given: Sequence[int]) -> list[str] | None:
    """Seeds in a row; None for others, which Python may give and the command line does not take."""
    first = given[0]
    if list(given) != list(range(first, first + len(given))):
        return None
    return ["--seeds", str(len(given)), "--first-seed", str(first)]


def number(value: float) -> str:
    """As short as it can be read back exactly."""
    return repr(value).removesuffix(".0")
