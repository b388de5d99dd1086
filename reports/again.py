"""Commands that make a part of a report again."""

from __future__ import annotations

import shlex
from functools import partial

from brownout.harness import again
from brownout.harness.results import PlayedScenario, RunFile
from brownout.harness.views import Waterfall

_FOLDER = "out/again"
"""Where they write: not over the report that they are taken from."""


def of_scenario(run: RunFile, scenario: PlayedScenario, call: Waterfall | None) -> tuple[str, ...]:
    """Its numbers, and the call that is shown, line by line. Nothing where something was made in Python, which the
    command line cannot name."""
    clients = [client for client in run.clients if not client.ablates]
    if not scenario.reproduce or not all(client.reproduce for client in clients):
        return ()
    options = [again.contestant(client.reproduce, is_command=client.is_command) for client in clients]
    words = ["brownout", "compare", "-s", scenario.reproduce, *(word for option in options for word in option)]
    how = partial(again.how, run.backend, run.time_scale, run.sample, run.lean)
    found = []
    if (seeds := again.seeds(run.seeds)) is not None:
        found.append(shlex.join([*words, *how(*seeds), "--out", _FOLDER]))
    if call is not None and not run.lean:  # it would keep every record of its run
        found.append(shlex.join([*words, *how("--first-seed", str(call.seed)), "--explain", call.call]))
    return tuple(found)
