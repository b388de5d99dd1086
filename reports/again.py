"""Commands that make a part of a report again, from the folder in which it was made."""

from __future__ import annotations

import shlex

from brownout.fakes.units import format_share
from brownout.harness.results import PlayedScenario, RunFile
from brownout.harness.views import Waterfall


def of_scenario(run: RunFile, scenario: PlayedScenario, call: Waterfall | None) -> tuple[str, ...]:
    """Its numbers; and the call shown, line by line."""
    words = ["brownout", "compare", "-s", scenario.reproduce, *_clients(run), *_how(run)]
    numbers = shlex.join([*words, *_seeds(run.seeds)])
    if call is None:
        return (numbers,)
    return numbers, shlex.join([*words, "--first-seed", str(call.seed), "--explain", call.call])


def _clients(run: RunFile) -> list[str]:
    named = [client for client in run.clients if not client.ablates]
    options = [("--client-command" if client.is_command else "-c", client.reproduce) for client in named]
    return [word for option in options for word in option]


def _how(run: RunFile) -> list[str]:
    words = ["--backend", run.backend]
    words += ["--time-scale", repr(run.time_scale).removesuffix(".0")] if run.time_scale != 1.0 else []
    return words + (["--sample", format_share(run.sample)] if run.sample != 1.0 else [])


def _seeds(seeds: list[int]) -> list[str]:
    """The command line takes seeds in a row; of others, as Python may give, it takes as many."""
    return ["--seeds", str(len(seeds)), "--first-seed", str(seeds[0])]
