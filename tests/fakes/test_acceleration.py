"""Acceleration limits: from one minute to the next usage may grow, but only so far."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from .test_gate import asked, gate_of, told

DOUBLING = {"requests": "10/min", "growth": 2.0}


@given(st.lists(st.tuples(st.integers(0, 90_000), st.integers(1, 50)), min_size=1, max_size=20), st.integers(11, 40))
def test_no_minute_has_more_than_the_one_before_allows(bursts: list[tuple[int, int]], tenths: int) -> None:
    """Of whatever comes, as many are let in as the start, or the growth of the minute before; the rest is told to come
    in the next minute, and one of them then gets in."""
    gate = gate_of(acceleration={**DOUBLING, "growth": tenths / 10})
    milliseconds, used = 0, dict[int, int]()
    for pause, many in bursts:
        milliseconds += pause
        now, minute = milliseconds / 1000, milliseconds // 60_000
        for _ in range(many):
            limit = max(10, tenths * used.get(minute - 1, 0) // 10)
            refusal = gate.refuses(asked(), now)
            assert (refusal is None) == (used.get(minute, 0) + 1 <= limit)
            if refusal is None:
                used[minute] = used.get(minute, 0) + 1
                continue
            after, _ = told(refusal)
            assert after is not None
            assert after - 1 < (minute + 1) * 60 - now <= after + 1e-9
    assert gate.refuses(asked(), (minute + 1) * 60.0) is None


def test_a_ramp_within_the_growth_gets_through_and_a_leap_does_not() -> None:
    """Ten, twenty, forty a minute are let in; fifty out of nothing are not, nor after a pause of a minute."""
    gate = gate_of(acceleration=DOUBLING)
    for minute, many in enumerate((10, 20, 40)):
        assert all(gate.refuses(asked(), minute * 60.0 + k) is None for k in range(many))
    assert gate_of(acceleration=DOUBLING).refuses(asked(), 0.0) is None
    assert sum(gate.refuses(asked(), 240.0) is None for _ in range(50)) == 10


def test_the_message_says_how_it_will_go_on() -> None:
    """The limit that it is, and that of the next minute; `retry-after` is when that begins."""
    gate = gate_of(acceleration={"input_tokens": "30k/min"})
    assert gate.refuses(asked(29_138), 12.5) is None
    after, message = told(gate.refuses(asked(1000), 12.5))
    assert after == 48.0
    assert "maximum usage increase rate for input tokens per minute. Your current limit is 30,000 input" in message
    assert "and will increase to 58,276 at the next minute boundary. Please scale up your input tokens usage" in message
    assert gate.refuses(asked(1000), 60.0) is None


def test_it_does_not_show_in_the_headers() -> None:
    """They tell of buckets, and this is none."""
    assert gate_of(acceleration=DOUBLING).quotas(0.0) == []
