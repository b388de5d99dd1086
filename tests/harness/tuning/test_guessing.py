"""Guesses: what theory says of one run, and what others have; always within the ranges, and always a client."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brownout.harness.files import loads, parse
from brownout.harness.scenario import Scenario
from brownout.harness.sources import client
from brownout.harness.tuning.borrowing import borrowed, lenders, value_at
from brownout.harness.tuning.closed_form import Split
from brownout.harness.tuning.durations import durations, limited_by
from brownout.harness.tuning.goal import Goal
from brownout.harness.tuning.guessing import MOST, Known, computed, guesses, known
from brownout.harness.tuning.kept import Kept
from brownout.harness.tuning.playing import Stage
from brownout.harness.tuning.proposing import BATCH, opening
from brownout.harness.tuning.space import Space

OPEN = """
name: mine
timeouts: {connect: 5s, read: {tune: 1s..60s}}
layers:
  - deadline: {total: 30s}
  - breaker: {failures: {tune: 2..20}, open_for: 10s}
  - retry:
      retries: {tune: 0..6}
      backoff: {base: {tune: 100ms..10s}, jitter: {tune: [none, equal, full]}}
      on: [timeout, stream_before_text, stream_after_text]
  - first_token: {limit: {tune: 500ms..30s}}
  - content_gap: {limit: {tune: 100ms..20s}}
  - sdk: {max_retries: 0}
"""
SPACE = Space.of(parse(OPEN))
NAMES = [parameter.name for parameter in SPACE.parameters]
SCENARIO = loads(
    """
name: some-hang
workload:
  clients: 10
  arrivals: {kind: poisson, rate: 10/s}
  calls: {deadline: 30s, output_tokens: 100, stream: STREAM, profile: realtime}
server: {latency: {round_trip: 0ms, token_gap: 10ms, first_token: 2s}}
timeline: [{for: 20s, faults: [{kind: no_answer, share: 20%}]}]
""".replace("STREAM", "50%"),
    Scenario,
)


def stage() -> Stage:
    return Stage([SCENARIO], Goal.parse("par2"), Kept())


def as_written(point: tuple[float, ...]) -> dict[str, str]:
    return SPACE.described(point)


def test_a_run_says_how_long_what_is_limited_takes() -> None:
    """Of each limit what it is about: a first token comes after 2 s, then one every 10 ms, and a fifth hangs."""
    runs = stage().probe(SPACE.client(SPACE.rounded([p.high for p in SPACE.parameters])))
    assert [limited_by(p.at) for p in SPACE.parameters] == ["silence", "", "", "", "", "text", "gap"]
    for which, seconds in (("text", 2.0), ("first", 2.0), ("silence", 2.0), ("gap", 0.01), ("whole", 3.0)):
        seen = durations(runs, which)
        assert min(each.seconds for each in seen if each.is_whole) == pytest.approx(seconds, rel=0.02)
        hang = sum(not each.is_whole for each in seen) / len(seen)
        assert hang == (0.0 if which == "gap" else pytest.approx(0.2, abs=0.08))
    assert len(durations(runs, "text")) < len(durations(runs, "whole"))


def test_the_first_guess_lets_pass_what_answers_take_and_no_more() -> None:
    point = dict(zip(NAMES, guesses(SPACE, stage())[0], strict=True))
    assert 3.0 <= point["timeouts.read"] <= 3.3  # plain answers are whole after 3 s
    assert 2.0 <= point["first_token.limit"] <= 2.2
    assert point["content_gap.limit"] == 0.1
    assert point["retry.retries"] == 3.0


def test_the_second_shares_out_the_deadline() -> None:
    what = Known({}, 0.0, Split(7.5, 4))
    soon, fitting = (dict(zip(NAMES, each, strict=True)) for each in computed(SPACE, what))
    assert (fitting["timeouts.read"], fitting["retry.retries"]) == (7.5, 3.0)
    assert {name for name in NAMES if soon[name] != fitting[name]} <= {"timeouts.read", "retry.retries"}
    assert computed(SPACE, what._replace(split=None)) == [tuple(soon.values())]


def test_where_nothing_ends_nothing_is_computed() -> None:
    assert known(SPACE, []) == Known({}, 0.0, None)
    assert computed(SPACE, known(SPACE, [])) == [SPACE.rounded(SPACE.middle)]


def test_others_have_something_at_the_same_place() -> None:
    """A layer by its name, wherever it stands; what they have not is in the middle."""
    chat, guide, plain = client("chat").value, client("guide-stacked").value, client("sdk-defaults").value
    assert as_written(borrowed(SPACE, [chat])[0]) == {
        "timeouts.read": "1m",
        "breaker.failures": "10",
        "retry.retries": "6",
        "retry.backoff.base": "4s",
        "retry.backoff.jitter": "full",
        "first_token.limit": "30s",
        "content_gap.limit": "15s",
    }
    [point] = borrowed(SPACE, [guide])
    assert as_written(point)["breaker.failures"] == "5"
    assert as_written(point)["retry.backoff.jitter"] == "equal"  # an additive one is none of the choices
    assert point[NAMES.index("first_token.limit")] == SPACE.middle[NAMES.index("first_token.limit")]
    assert borrowed(SPACE, [plain]) == [(60.0, *SPACE.middle[1:])]
    hedges = Space.of(parse("name: h\nlayers: [{hedge: {after: {tune: 1s..9s}}}, sdk]"))
    assert borrowed(hedges, [chat, guide, plain]) == []


def test_the_likeliest_come_first() -> None:
    """Who is to be beaten, then who was made for such calls."""
    names = [each.name for each in lenders([SCENARIO], client("no-retry").value)]
    assert names[:2] == ["no-retry", "realtime"]
    assert sorted(names[1:]) == ["agentic", "background", "chat", "guide-stacked", "realtime", "sdk-defaults"]


def test_a_choice_may_be_of_whole_layers() -> None:
    """Which of them another client has is told by what it comes to, not by how it is written."""
    text = "name: m\nlayers: [{retry: {backoff: {tune: [{base: 1s}, {base: 4000ms, max: 16s}]}}}, sdk]"
    assert borrowed(Space.of(parse(text)), [client("chat").value]) == [(1.0,)]


def test_what_leads_nowhere_is_nothing() -> None:
    chat = client("chat").value
    assert value_at(chat, ("layers", 7, "retry", "retries")) == 8
    assert value_at(chat, ("timeouts", "read")) == 60.0
    for at in (("layers", 0, "hedge", "after"), ("profiles", "chat", "timeouts", "read"), ("no", "such"), ("layers",)):
        assert not isinstance(value_at(chat, at), int | float)


def test_the_middle_and_a_spread_are_in_the_first_batch() -> None:
    found = guesses(SPACE, stage(), client("guide").value)
    assert len(found) == MOST
    batch = opening(SPACE, found)
    assert batch[:MOST] == found
    assert SPACE.middle in batch
    assert len(batch) == len(set(batch)) == BATCH
    assert len(opening(SPACE, [*found, *opening(SPACE, ())])) == BATCH
    assert opening(SPACE, ())[0] == SPACE.middle


def test_what_makes_no_client_is_left_out() -> None:
    """Beside a window a breaker counts no failures in a row: five of them, as if nothing was said, or no client."""
    text = OPEN.replace("{failures: {tune: 2..20}, open_for: 10s}", "{failures: {tune: 4..6}, window: {calls: 10}}")
    space = Space.of(parse(text))
    found = guesses(space, stage(), client("chat").value)
    assert found
    assert {point[1] for point in found} == {5.0}
    assert {point[1] for point in borrowed(space, [client("chat").value])} == {6.0}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    read=st.tuples(st.integers(1, 400), st.integers(2, 50)),
    retries=st.tuples(st.integers(0, 9), st.integers(1, 9)),
    share=st.integers(0, 100),
)
def test_guesses_lie_in_the_space(read: tuple[int, int], retries: tuple[int, int], share: int) -> None:
    """Rounded, different, and each of them a client."""
    low, high = read[0] * 100, read[0] * 100 * read[1]
    text = f"""
name: any
timeouts: {{read: {{tune: {low}ms..{high}ms}}}}
layers:
  - deadline: {{total: 30s}}
  - retry:
      retries: {{tune: {retries[0]}..{sum(retries)}}}
      backoff: {{jitter: {{tune: [full, none]}}}}
  - hedge: {{after: {{tune: {low}ms..{high}ms}}}}
  - attempt_timeout: {{total: {{tune: {low}ms..{high}ms}}}}
  - sdk: {{max_retries: 0}}
"""
    space = Space.of(parse(text))
    faults = [fault.model_copy(update={"share": share / 100}) for fault in SCENARIO.timeline[0].faults]
    phase = SCENARIO.timeline[0].model_copy(update={"faults": tuple(faults), "for_": 3.0})
    scene = SCENARIO.model_copy(update={"timeline": (phase,)})
    found = guesses(space, Stage([scene], Goal.parse("par2"), Kept()), client("guide").value)
    assert 0 < len(found) == len(set(found)) <= MOST
    for point in found:
        assert space.rounded(point) == point
        for parameter, value in zip(space.parameters, point, strict=True):
            assert parameter.low <= value <= parameter.high
        space.client(point)
