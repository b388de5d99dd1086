"""What a dashboard shows of resilient clients, as data: titles, units, and expressions for Prometheus.

`$model` and `$client` are the dashboard's variables, `$__rate_interval` is Grafana's own.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..promql import PREFIX

WINDOW = "$__rate_interval"
CHOSEN = 'client=~"$client",model=~"$model"'
QUANTILES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}
Kind = Literal["timeseries", "state-timeline"]


class Target(NamedTuple):
    """One expression, and what its series are called; `{{model}}` is the value of a label."""

    expr: str
    legend: str


class Panel(NamedTuple):
    """One chart. `unit`: as Grafana calls it."""

    title: str
    about: str
    targets: tuple[Target, ...]
    unit: str = "short"
    kind: Kind = "timeseries"
    limit: float | None = None
    """A line that is not to be crossed."""


def panels() -> dict[str, list[Panel]]:
    """Row -> its panels."""
    return {
        "Latency": [
            _quantiles("Time to the answer", "From a call to its answer, retries included.", "call_seconds"),
            _quantiles("Time to the first text", "From a call to the first text of its stream.", "first_text_seconds"),
        ],
        "What goes wrong": [
            Panel(
                "Failures, timeouts, retries",
                "Calls that were not answered, those of them that a limit ended, and calls that were tried again.",
                tuple(
                    Target(f"{_rate(f'{name}_calls_total')} / ({_rate('calls_total')} > 0)", legend)
                    for name, legend in (("failed", "failures"), ("timed_out", "timeouts"), ("retried", "retries"))
                ),
                "percentunit",
            ),
            Panel(
                "Timeouts by phase",
                "Limits that ran out for each call, whether or not a retry made up for it.",
                (
                    Target(
                        f"{_rate('timeouts_total', 'phase')} / on () group_left () ({_rate('calls_total')} > 0)",
                        "{{phase}}",
                    ),
                ),
                "percentunit",
            ),
            Panel(
                "Amplification",
                "HTTP requests for each call.",
                (Target(f"{_rate('attempts_total', 'model')} / ({_rate('calls_total', 'model')} > 0)", "{{model}}"),),
            ),
            Panel(
                "Retries that helped",
                "Calls that were tried again and answered in the end, of all that were tried again.",
                (
                    Target(
                        f"{_rate('rescued_calls_total', 'model')} / ({_rate('retried_calls_total', 'model')} > 0)",
                        "{{model}}",
                    ),
                ),
                "percentunit",
            ),
        ],
        "Breaker": [
            Panel(
                "State",
                "0 while every breaker is closed, 1 half-open, 2 open.",
                (Target(f'max by (client) ({PREFIX}breaker_state{{client=~"$client"}})', "{{client}}"),),
                kind="state-timeline",
            ),
            Panel(
                "Transitions",
                "Changes of a breaker's state.",
                (
                    Target(
                        "sum by (from, to) "
                        f'(increase({PREFIX}breaker_transitions_total{{client=~"$client"}}[{WINDOW}]))',
                        "{{from}} to {{to}}",
                    ),
                ),
            ),
        ],
        "Tokens and money": [
            Panel(
                "Waste",
                "Dollars an hour for tokens that are in no answer, where their price is known.",
                (Target(f"{_rate('wasted_dollars_total', 'model')} * 3600", "{{model}}"),),
                "currencyUSD",
            ),
            Panel(
                "Tokens of a call",
                "Of its prompt and of its answer. What grows slowly here makes calls slower and is the caller's own.",
                tuple(
                    Target(
                        f"{_rate(f'{name}_tokens_total', 'model')} / ({_rate('call_seconds_count', 'model')} > 0)",
                        f"{name}, {{{{model}}}}",
                    )
                    for name in ("prompt", "answer")
                ),
            ),
            Panel(
                "Time for each token",
                "Of an answer. What grows slowly here is the service's.",
                (
                    Target(
                        f"{_rate('call_seconds_sum', 'model')} / ({_rate('answer_tokens_total', 'model')} > 0)",
                        "{{model}}",
                    ),
                ),
                "s",
            ),
        ],
    }


def _rate(counter: str, *by: str) -> str:
    """A second, of what is chosen."""
    together = f" by ({', '.join(by)})" if by else ""
    return f"sum{together} (rate({PREFIX}{counter}{{{CHOSEN}}}[{WINDOW}]))"


def _quantiles(title: str, about: str, histogram: str) -> Panel:
    within = _rate(f"{histogram}_bucket", "model", "le")
    targets = (
        Target(f"histogram_quantile({share}, {within})", f"{name}, {{{{model}}}}") for name, share in QUANTILES.items()
    )
    return Panel(title, about, tuple(targets), "s")
