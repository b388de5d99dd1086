"""`brownout list` and `brownout show`."""

from __future__ import annotations

from pathlib import Path

import pytest

from brownout.harness.alerts.file import RuleFile
from brownout.harness.claims.claim import Claim
from brownout.harness.client import Client
from brownout.harness.files import load
from brownout.harness.scenario import Scenario
from brownout.scenarios import alerts, claims, clients, incidents, months, presets

from .command import Here

SHIPPED = {
    **dict.fromkeys(incidents() | months(), Scenario),
    **dict.fromkeys(alerts(), RuleFile),
    **dict.fromkeys(clients() | presets(), Client),
    **dict.fromkeys(claims(), Claim),
}


HEADS = [
    "Scenarios:", "Scenarios of weeks, for alerts:", "Alert rules:", "Clients:", "Clients to start from:",
    "Claims of a guide:", "Findings of the literature:",
]  # fmt: skip


def test_list_names_everything_shipped(here: Here) -> None:
    """A line each, under their heads, with what it is about; nothing on stderr."""
    said = here("list")
    assert (said.code, said.err) == (0, "")
    lines = said.out.splitlines()
    assert [line for line in lines if not line.startswith(" ")] == HEADS
    named = [line.split(maxsplit=1) for line in lines if line.startswith(" ")]
    assert [name for name, _ in named] == [*incidents(), *months(), *alerts(), *clients(), *presets(), *claims()]
    assert all(about for _, about in named)


@pytest.mark.parametrize(("name", "model"), SHIPPED.items())
def test_what_is_shown_can_be_used(here: Here, name: str, model: type[Scenario | RuleFile | Client | Claim]) -> None:
    """Redirected into a file it is the very file that is shipped, and loads to the same."""
    said = here("show", name)
    assert (said.code, said.err) == (0, "")
    path = (incidents() | months() | alerts() | clients() | presets() | claims())[name]
    assert said.out == path.read_text(encoding="utf-8")
    Path("mine.yaml").write_text(said.out, encoding="utf-8")
    assert load("mine.yaml", model) == load(path, model)
