"""What is opened from outside is as if its owner had left it open."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brownout import scenarios as shipped
from brownout.harness.client import Client
from brownout.harness.files import Document, FileError, loads, parse
from brownout.harness.sources import client, client_document
from brownout.harness.tuning.opening import opened
from brownout.harness.tuning.space import Space

MINE = """\
name: mine  # of ours
timeouts:
  connect: 5s
  read: "60s"  # the slow one
layers:
- breaker:
    failures: 4
- retry: {retries: 3, on: [timeout]}
- sdk
"""


def space(name: str, *wanted: str) -> Space:
    return Space.of(opened(client_document(name), wanted))


def ranges(of: Space) -> dict[str, tuple[float, float]]:
    return {each.name: (each.low, each.high) for each in of.parameters}


def test_the_range_is_around_what_it_is() -> None:
    """A quarter to four times a duration, none to twice a count and two more, half to twice a share."""
    names = ("timeouts.read", "retry.retries", "retry.budget.share", "retry.retry_after.at_most", "breaker.probes")
    assert ranges(space("realtime", *names)) == {
        "timeouts.read": (3.75, 60.0),
        "retry.retries": (0.0, 8.0),
        "retry.budget.share": (0.25, 1.0),
        "retry.retry_after.at_most": (2.5, 40.0),
        "breaker.probes": (1.0, 4.0),  # none would be no breaker
    }


def test_a_range_may_be_said() -> None:
    found = space("chat", "retry.retries=1..8", "retry.within = 10s..60s", "retry.backoff.jitter=[full, none]")
    assert ranges(found) == {
        "retry.within": (10.0, 60.0),
        "retry.retries": (1.0, 8.0),
        "retry.backoff.jitter": (0.0, 1.0),
    }


def test_the_text_stays_its_owners() -> None:
    """A mark where the value stood; what had no place gets one in the innermost mapping that is there."""
    wanted = ["timeouts.read", "timeouts.pool", "breaker.failures", "breaker.open_for", "retry.backoff.base"]
    document = opened(parse(MINE), [*wanted, "sdk.max_retries"])
    assert (
        document.text
        == """\
name: mine  # of ours
timeouts:
  pool: {tune: 2m30s..40m, now: 10m}
  connect: 5s
  read: {tune: 15s..4m, now: 1m}  # the slow one
layers:
- breaker:
    open_for: {tune: 15s..4m, now: 1m}
    failures: {tune: 0..10, now: 4}
- retry: {backoff: {base: {tune: 250ms..4s, now: 1s}}, retries: 3, on: [timeout]}
- {sdk: {max_retries: {tune: 0..6, now: 2}}}
""".replace("0..10", "1..10")
    )


def test_what_is_inherited_is_written_in_by_name() -> None:
    found = space("guide-stacked", "timeouts.read", "retry.backoff.base", "sdk.max_retries")
    assert "retry: {backoff: {base: {tune: 500ms..8s, now: 2s}}}\n" in found.document.text
    assert "sdk: {max_retries: {tune: 0..6, now: 2}}\n" in found.document.text
    assert found.document.text.endswith("timeouts: {read: {tune: 30s..8m, now: 2m}}\n")
    assert client("guide-stacked").value == loads(found.text((120.0, 2.0, 2.0)), Client)


def test_a_kind_of_call_has_values_of_its_own() -> None:
    names = ("profiles.background.timeouts.read", "profiles.background.layers.deadline.total")
    found = space("budgeted", *names, "profiles.background.layers.retry.retries=0..4")
    changed = found.client(found.rounded([p.low for p in found.parameters]))
    assert changed.layers == client("budgeted").value.layers
    assert changed.profiles.background is not None
    assert changed.profiles.background.timeouts.read == 50.0
    layers = changed.profiles.background.layers
    assert layers is not None
    assert (layers[0].total, layers[2].retries) == (72.5, 0)  # type: ignore[attr-defined]


def everything() -> list[tuple[str, str]]:
    """Of each shipped client whatever has a range."""
    found = []
    for name in shipped.known_clients():
        with pytest.raises(ValueError, match="known: ") as raised:
            opened(client_document(name), ["?"])
        found += [(name, each) for each in str(raised.value).partition("known: ")[2].replace('"', "").split(", ")]
    return found


EVERYTHING = everything()


@pytest.mark.parametrize("name", shipped.known_clients())
def test_whatever_is_offered_can_be_opened(name: str) -> None:
    """Each alone; what is found stands in a file that loads, and is the same client but for it."""
    names = [value for client, value in EVERYTHING if client == name]
    assert "timeouts.read" in names
    assert "sdk.max_retries" in names
    for each in names:
        found = space(name, each)
        [parameter] = found.parameters
        assert parameter.name == each
        for point in (found.middle, (parameter.low,), (parameter.high,)):
            assert loads(found.text(point), Client) == found.client(point)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from([value for client, value in EVERYTHING if client == "realtime"]), unique=True))
def test_any_of_them_can_be_opened_together(names: list[str]) -> None:
    if names:
        found = space("realtime", *names)
        assert {each.name for each in found.parameters} == set(names)
        assert loads(found.text(found.middle), Client) == found.client(found.middle)


def test_beside_marks_of_the_file() -> None:
    document = opened(parse(MINE.replace("retries: 3", "retries: {tune: 1..5}")), ["timeouts.read=1s..9s"])
    assert ranges(Space.of(document)) == {"timeouts.read": (1.0, 9.0), "retry.retries": (1.0, 5.0)}


def test_what_it_extends_is_found_as_before(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text(MINE)
    (tmp_path / "mine.yaml").write_text("name: other\nextends: base.yaml\n")
    found = space(str(tmp_path / "mine.yaml"), "retry.retries", "timeouts.write=1s..2s")
    assert "layers: {retry: {retries: {tune: 0..8, now: 3}}}\n" in found.document.text
    assert found.client(found.middle).timeouts.read == 60.0


@pytest.mark.parametrize(
    ("text", "wanted", "says"),
    [
        (MINE, "timeouts.raed", '"timeouts.raed" is no value of "mine", did you mean "timeouts.read"?'),
        (MINE, "hedge", 'known: "breaker.failures", "breaker.open_for"'),
        (MINE, "retry.within", "retry.within is not set: say between which values it may lie"),
        (MINE, "retry.backoff.factor", "retry.backoff.factor is 2.0: say between which"),
        (MINE, "retry.retries=8..1", "retry.retries cannot be opened: the range from 8 to 1 holds nothing"),
        (MINE, "retry.retries=1..8}", "retry.retries cannot be opened: "),
        (MINE, "retry.retries=1s..8s", "retry.retries cannot be opened: expected a whole number, got 1s..8s"),
        (MINE, "timeouts.read=5..60", 'timeouts.read cannot be opened: expected a duration such as "10s", got 5..60'),
        (MINE.replace("3, on", "!!int 3, on"), "retry.retries", "cannot be opened"),
        (MINE.replace("3, on", "{tune: 1..5}, on"), "retry.retries", "retry.retries is open already"),
    ],
)
def test_what_cannot_be_opened_is_told_why(text: str, wanted: str, says: str) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - what it says is looked at below
        opened(parse(text), [wanted])
    assert says in str(raised.value)


def test_what_is_wrong_with_the_file_is_told_first() -> None:
    document: Document = parse(MINE.replace("failures: 4", "failures: many"), "mine.yaml")
    with pytest.raises(FileError, match=r"mine.yaml:7:15: expected a whole number"):
        opened(document, ["timeouts.read"])
