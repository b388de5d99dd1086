"""The figures, by records made by hand; their bounds; and what happens from many threads."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Any

import pytest

from brownout.harness.monitoring.gathering import MOST
from brownout.harness.records import BreakerRecord
from brownout.monitor import Figures, Monitor

from .made import SONNET, Clock, attempt, finished, told


def overall(monitor: Monitor) -> Figures:
    return monitor.snapshot().window("5m").overall


def test_figures_of_four_calls() -> None:
    """Answered at once, answered on a second attempt, timed out, refused."""
    seen = overall(
        told(
            attempt(0, first_text=0.25),
            finished(0, took=2.0, usage=(100, 20)),
            attempt(1, "timeout", phase="read"),
            attempt(1, attempt=1, first_text=3.0),
            finished(1, took=4.0, attempts=2, usage=(300, 40)),
            attempt(2, "timeout", phase="connect"),
            finished(2, "timeout"),
            finished(3, "breaker_open", attempts=0),
        )
    )
    assert (seen.calls, seen.cancelled) == (4, 0)
    assert (seen.failure_rate, seen.timeout_rate) == (0.5, 0.25)
    assert seen.timeouts_by_phase == {"connect": 0.25, "read": 0.25}
    assert (seen.retry_rate, seen.retry_success_rate, seen.amplification) == (0.25, 1.0, 1.0)
    assert (seen.input_tokens, seen.output_tokens, seen.seconds_per_token) == (200.0, 30.0, 0.1)
    assert seen.latency is not None
    assert (seen.latency.p50, seen.latency.p99) == (pytest.approx(2.0, rel=0.01), pytest.approx(4.0, rel=0.01))
    assert seen.first_text is not None
    assert (seen.first_text.p50, seen.first_text.p99) == (pytest.approx(0.25, rel=0.01), pytest.approx(3.0, rel=0.01))
    assert (seen.wasted_tokens, seen.wasted_dollars) == (0, 0.0)


def test_nothing_divided_by_nothing_is_absent() -> None:
    seen = overall(told())
    assert (seen.calls, seen.latency, seen.failure_rate, seen.retry_success_rate) == (0, None, None, None)


def test_limits_of_layers_have_names_of_their_own() -> None:
    seen = overall(
        told(
            attempt(0, "cancelled"),
            finished(0, "deadline"),
            attempt(1, "cancelled"),
            finished(1, "timeout"),
            attempt(2, "gap", phase="gap", status=200, tokens=3),
            finished(2, "gap"),
            attempt(3, "status", status=529),
            finished(3, "status"),
        )
    )
    assert seen.timeouts_by_phase == {"attempt": 0.25, "deadline": 0.25, "gap": 0.25}
    assert (seen.timeout_rate, seen.failure_rate) == (0.75, 1.0)


def test_windows_forget_and_totals_do_not() -> None:
    clock = Clock()
    monitor = Monitor(clock=clock)
    monitor(attempt(0))
    monitor(finished(0))
    clock.now = 3000.0
    found = {window.name: window.overall.calls for window in monitor.snapshot().windows}
    assert found == {"5m": 0, "1h": 1, "6h": 1, "1d": 1}
    clock.now = 1e6
    assert {window.overall.calls for window in monitor.snapshot().windows} == {0}
    assert 'brownout_client_calls_total{model="claude-sonnet-5-5"} 1.0\n' in monitor.openmetrics()


def test_time_does_not_go_back() -> None:
    clock = Clock()
    monitor = Monitor(clock=clock)
    clock.now = 100.0
    monitor(finished(0))
    clock.now = 50.0
    assert (monitor.snapshot().at, overall(monitor).calls) == (100.0, 1)


def test_a_cancelled_call_says_nothing_of_the_service() -> None:
    seen = overall(told(attempt(0, "cancelled", status=200, tokens=5), finished(0, "cancelled")))
    assert (seen.calls, seen.cancelled, seen.failure_rate) == (0, 1, None)
    assert seen.wasted_tokens == 105


@pytest.mark.parametrize(
    ("model", "dollars"),
    [(SONNET, 105 * 2e-6 + 5 * 8e-6), ("claude-haiku-4-5", 100 * 1e-7 + 5 * 5e-7), ("somebody-elses", None)],
)
def test_waste_is_what_broke_off_and_its_price_is_known_or_absent(model: str, dollars: float | None) -> None:
    """The prompt, and five tokens of an answer; the second one was whole, and is no waste."""
    seen = overall(
        told(
            attempt(0, "stream_broken", status=200, tokens=5),
            attempt(0, attempt=1, status=200, tokens=20),
            finished(0, attempts=2, tokens=20, model=model),
        )
    )
    assert seen.wasted_tokens == 105
    assert seen.wasted_dollars == (None if dollars is None else pytest.approx(dollars))


def test_what_was_gone_on_with_and_what_never_began_is_no_waste() -> None:
    seen = overall(
        told(
            attempt(0, "stream_broken", status=200, tokens=5),
            attempt(0, attempt=1, status=200, tokens=15),
            finished(0, attempts=2, tokens=20),
            attempt(1, "status", status=529),
            attempt(1, "timeout", attempt=1, phase="read"),
            finished(1, "timeout", attempts=2),
        )
    )
    assert (seen.wasted_tokens, seen.wasted_dollars) == (0, 0.0)


def test_a_branch_that_ends_after_its_call_is_waste() -> None:
    """A hedge that has lost."""
    monitor = told(attempt(0, status=200, tokens=10), finished(0, attempts=2, tokens=10))
    monitor(attempt(0, "cancelled", branch=1, status=200, tokens=4))
    monitor(attempt(0, "cancelled", branch=2, status=None))
    assert overall(monitor).wasted_tokens == 104


def test_models_and_endpoints_are_told_apart_up_to_a_bound() -> None:
    """By who has answered. An address shows neither its path nor its password."""
    monitor = told(
        finished(0),
        finished(1, target=("claude-haiku-4-5", "https://user:secret@gate.example:8443/path?key=secret")),
        finished(2, target=("third", "")),
        finished(3, target=("x" * 1000, "https://[broken")),
        most_groups=3,
    )
    groups = monitor.snapshot().window("5m").groups
    assert [(each.model, each.endpoint, each.figures.calls) for each in groups] == [
        (SONNET, "", 1),
        ("claude-haiku-4-5", "gate.example:8443", 1),
        ("third", "", 1),
        ("other", "", 1),
    ]
    assert "secret" not in monitor.openmetrics() + repr(monitor.snapshot())
    assert overall(monitor).calls == 4


def test_the_worst_of_several_breakers() -> None:
    def turn(before: str, after: str) -> BreakerRecord:
        return BreakerRecord(0, 0.0, before, after)

    monitor = told(turn("closed", "open"), turn("closed", "open"), turn("open", "half-open"))
    breaker = monitor.snapshot().breaker
    assert (breaker.state, breaker.open, breaker.half_open) == ("open", 1, 1)
    monitor(turn("open", "half-open"))
    monitor(turn("half-open", "closed"))
    assert monitor.snapshot().breaker.state == "half-open"
    monitor(turn("half-open", "closed"))
    snapshot = monitor.snapshot()
    assert snapshot.breaker.state == "closed"
    moves = {"closed -> open": 2, "half-open -> closed": 2, "open -> half-open": 2}
    assert snapshot.breaker.transitions == snapshot.window("5m").breaker_transitions == moves


def test_attempts_whose_calls_never_end_are_let_go() -> None:
    monitor = told(*(attempt(number) for number in range(MOST + 10)))
    assert monitor.snapshot().dropped_attempts == 10
    monitor(finished(MOST))
    assert overall(monitor).calls == 1


def test_every_call_of_many_threads_is_counted_once() -> None:
    """While others look."""
    monitor = Monitor()
    start, calls, threads = threading.Barrier(5), 300, 4
    failed: list[Any] = []

    def work(which: int) -> None:
        start.wait()
        for number in range(which, calls * threads, threads):
            monitor(attempt(number))
            monitor(finished(number, took=0.5))

    def look() -> None:
        start.wait()
        before = 0
        for _ in range(20):
            seen = overall(monitor)
            if seen.calls < before or (seen.calls and seen.failure_rate != 0.0):
                failed.append(seen)
            before = seen.calls

    workers = [
        *(threading.Thread(target=work, args=(which,)) for which in range(threads)),
        threading.Thread(target=look),
    ]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert not failed
    seen = overall(monitor)
    assert (seen.calls, seen.amplification) == (calls * threads, 1.0)


def test_without_the_extra_one_sentence_says_what_is_missing() -> None:
    code = "import sys; sys.modules['hdrh.histogram'] = None; import brownout; brownout.Monitor"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    said = "ImportError: brownout.Monitor needs HdrHistogram: pip install 'brownout[monitor]'"
    assert done.stderr.splitlines()[-1] == said


@pytest.mark.parametrize("windows", [(), ("1h", "5m"), ("5m", "5m"), ("soon",), ("0s",)])
def test_windows_are_lengths_in_rising_order(windows: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="windows: "):
        Monitor(windows=windows)


@pytest.mark.parametrize(("argument", "wrong"), [("models", "claude-haiku-4-5"), ("most_groups", 0)])
def test_an_argument_that_makes_no_sense_is_named(argument: str, wrong: Any) -> None:
    with pytest.raises(ValueError, match=f"{argument}: expected"):
        Monitor(**{argument: wrong})
