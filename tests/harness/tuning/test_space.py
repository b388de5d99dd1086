"""What a client file leaves open, and what one set of values makes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brownout.harness.client import Client
from brownout.harness.files import FileError, parse
from brownout.harness.tuning.parameters import Parameter
from brownout.harness.tuning.proposing import spread
from brownout.harness.tuning.space import Space

OPEN = """
name: mine  # of ours
timeouts: {connect: 5s, read: {tune: 5s..180s}}  # the slow one
layers:
  - breaker: {failures: {tune: 2..20}, open_for: 10s}
  - retry:
      retries: 3
      backoff: {base: 1s, jitter: {tune: [full, none, {additive: 1s}]}}
      budget: {kind: ratio, share: {tune: 5%..50%}, floor: 1/s, window: 10s}
  - sdk: {max_retries: 0}
"""
SPACE = Space.of(parse(OPEN, "open.yaml"))


def test_what_is_open() -> None:
    """In the order of the file, by names that a person would say."""
    assert [(each.name, each.kind, each.is_log) for each in SPACE.parameters] == [
        ("timeouts.read", "duration", True),
        ("breaker.failures", "count", False),
        ("retry.backoff.jitter", "choice", False),
        ("retry.budget.share", "share", True),
    ]
    assert [(each.low, each.high) for each in SPACE.parameters] == [(5.0, 180.0), (2.0, 20.0), (0.0, 2.0), (0.05, 0.5)]


def test_a_point_is_a_client() -> None:
    client = SPACE.client((42.5, 7.0, 2.0, 0.1))
    breaker, retry, _ = client.layers
    assert client.timeouts.read == 42.5
    assert breaker.failures == 7  # type: ignore[attr-defined]
    assert retry.backoff.jitter.additive == 1.0  # type: ignore[attr-defined]
    assert retry.budget.share == 0.1  # type: ignore[attr-defined]


def test_the_file_stays_as_its_owner_wrote_it() -> None:
    """But for what was open; and it loads to the very client that was played."""
    point = (42.5, 7.0, 2.0, 0.1)
    text = SPACE.text(point)
    expected = OPEN.replace("{tune: 5s..180s}", "42.5s").replace("{tune: 2..20}", "7").replace("{tune: 5%..50%}", "10%")
    assert text == expected.replace("{tune: [full, none, {additive: 1s}]}", "{additive: 1s}")
    assert parse(text).check(Client) == SPACE.client(point)


@given(st.tuples(*[st.floats(0.0, 1.0)] * 4))
def test_every_point_can_be_written_and_read(shares: tuple[float, ...]) -> None:
    point = tuple(p.at_share(share) for p, share in zip(SPACE.parameters, shares, strict=True))
    assert SPACE.rounded(point) == point
    assert parse(SPACE.text(point)).check(Client) == SPACE.client(point)
    for parameter, value in zip(SPACE.parameters, point, strict=True):
        assert parameter.low <= value <= parameter.high
        assert parameter.at_share(parameter.share_of(value)) == pytest.approx(value, rel=0.01)


def test_what_is_inherited_may_be_open() -> None:
    space = Space.of(parse("name: mine\nextends: guide\ntimeouts: {read: {tune: 10s..60s}}\n"))
    assert [each.name for each in space.parameters] == ["timeouts.read"]
    assert space.client((30.0,)).timeouts.connect == 10.0


def test_what_counts_in_several_places_is_one_value() -> None:
    """A kind of call has its client's layers but for what it changes; or an alias stands for them."""
    changes = "profiles: {chat: {timeouts: {read: 9s}, layers: {breaker: {open_for: 1s}}}}\n"
    space = Space.of(parse(OPEN.replace("name: mine", f"name: mine\nextends: guide\n{changes}")))
    assert [each.name for each in space.parameters] == [each.name for each in SPACE.parameters]
    point = (42.5, 7.0, 2.0, 0.1)
    client = space.client(point)
    [(_, chat)] = client.profiles.given()
    assert chat.layers is not None
    assert chat.layers[1] == client.layers[1]
    assert chat.layers[0].failures == 7  # type: ignore[attr-defined]
    assert parse(space.text(point)).check(Client) == client


def test_names_are_different() -> None:
    """Of two layers of one kind, and of whole layers."""
    text = "name: m\nlayers: [{breaker: {failures: {tune: 1..5}}}, {breaker: {failures: {tune: 1..9}}}, CHOICE, sdk]"
    space = Space.of(parse(text.replace("CHOICE", "{tune: [{retry: {retries: 1}}, {retry: {retries: 2}}]}")))
    assert [each.name for each in space.parameters] == ["breaker.failures", "breaker.failures (2)", "layer 3"]


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("5s..180s", "180s..5s", "the smaller value comes first"),
        ("5s..180s", "5..180s", "expected two durations, two shares or two whole numbers"),
        ("5s..180s", "5s", 'expected a range such as "15s..180s"'),
        ("[full, none, {additive: 1s}]", "[full]", "expected two choices or more"),
        ("{tune: 2..20}", "{tune: 2..20, then: 5}", '"then" stands beside "tune"'),
        ("{tune: 2..20}", "{tune: 2..20, now: 5s}", '"now" is no count'),
        ("{tune: 2..20}", "{tune: 2..20, now: [5]}", '"now" is no count'),
        ("{additive: 1s}]", "{additive: 1s}], now: half", '"now" is none of the choices'),
        ("{tune: 2..20}", "{tune: 2s..20s}", "expected a whole number"),
        ("base: 1s", "base: 1", "1s"),
    ],
)
def test_a_mark_that_says_nothing_is_told_with_its_place(before: str, after: str, says: str) -> None:
    with pytest.raises(FileError) as raised:
        Space.of(parse(OPEN.replace(before, after), "open.yaml"))
    assert str(raised.value).startswith("open.yaml:")
    assert says in str(raised.value)


def test_a_file_that_leaves_nothing_open_is_refused() -> None:
    with pytest.raises(FileError, match="nothing is left open"):
        Space.of(parse("name: mine\n"))


def test_the_first_points_fill_the_range() -> None:
    """The middle first; each half of a range has its share."""
    points = spread(SPACE, 32)
    assert points[0] == SPACE.middle
    reads: Parameter = SPACE.parameters[0]
    shares = [reads.share_of(point[0]) for point in points]
    assert 10 <= sum(share < 0.5 for share in shares) <= 22
    assert len(set(points)) == len(points)


def test_what_it_is_today_may_be_said() -> None:
    """Within the range or not; of what is not said it is the middle."""
    text = OPEN.replace("5s..180s", "5s..180s, now: 200s").replace("{additive: 1s}]", "{additive: 1s}], now: none")
    space = Space.of(parse(text))
    assert space.has_current
    assert space.current[0] == 200.0
    assert space.client(space.current).timeouts.read == 200.0
    assert space.text(space.middle) == SPACE.text(space.middle)
    assert not SPACE.has_current
    assert SPACE.current == space.middle
