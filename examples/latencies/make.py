"""Makes the logs in this folder: calls whose distribution is known, so that what is found in them can be held to it.

The time of a call is that until the first token and that of every token after it, each lognormal from call to call; a
share hangs, and whoever waits gives up at a limit of its own. Seeded: `python make.py` writes the same files again.
"""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
P95 = 1.6449
"""Standard deviations above the median."""
EPOCH = 1_767_225_600.0
"""2026-01-01, in seconds."""


class Truth(NamedTuple):
    """A service as one of its users sees it. Pairs are (median, p95): seconds, and tokens."""

    calls: int
    first_token: tuple[float, float]
    token_gap: tuple[float, float]
    output: tuple[int, int]
    hangs: float
    limit: float
    """Seconds after which the user gives up."""
    max_tokens: int


TRUTHS = {
    "chat": Truth(500, (0.9, 2.9), (0.016, 0.024), (300, 1200), 0.03, 60.0, 2048),
    "background": Truth(400, (1.2, 4.0), (0.016, 0.024), (2000, 7000), 0.02, 600.0, 16_384),
    "realtime": Truth(600, (0.7, 3.5), (0.009, 0.014), (60, 200), 0.02, 20.0, 512),
    "agentic": Truth(400, (1.5, 6.0), (0.016, 0.024), (800, 3000), 0.04, 180.0, 8192),
}


class Row(NamedTuple):
    """One call. Seconds; what nobody has seen is None."""

    at: float
    latency: float
    first_token: float | None
    input_tokens: int
    output_tokens: int | None
    max_tokens: int
    outcome: str


def rows(name: str) -> Iterator[Row]:
    """The log of one of them."""
    truth, draw, at = TRUTHS[name], random.Random(name), EPOCH
    for _ in range(truth.calls):
        at += draw.expovariate(1 / 20.0)
        tokens = min(truth.max_tokens, max(1, round(lognormal(draw, truth.output))))
        first, gap = lognormal(draw, truth.first_token), lognormal(draw, truth.token_gap)
        prompt = round(lognormal(draw, (1500, 8000)))
        whole = math.inf if draw.random() < truth.hangs else first + tokens * gap
        if whole > truth.limit:
            yield Row(at, truth.limit, None, prompt, None, truth.max_tokens, "timeout")
        else:
            yield Row(at, whole, first, prompt, tokens, truth.max_tokens, "ok")


def lognormal(draw: random.Random, spread: tuple[float, float]) -> float:
    """One value of a distribution with that median and p95."""
    median, p95 = spread
    return median * math.exp(math.log(p95 / median) / P95 * draw.gauss())


def table(name: str) -> str:
    """CSV."""
    lines = [["latency_s", "ttft_s", "input_tokens", "output_tokens", "max_tokens", "outcome"]]
    for row in rows(name):
        first = "" if row.first_token is None else f"{row.first_token:.3f}"
        tokens = "" if row.output_tokens is None else str(row.output_tokens)
        lines.append([f"{row.latency:.3f}", first, str(row.input_tokens), tokens, str(row.max_tokens), row.outcome])
    return "".join(f"{','.join(line)}\n" for line in lines)


def lines_of_json(name: str) -> str:
    """Without the first token: these calls do not stream."""
    said = (
        {"duration_ms": round(1000 * row.latency), "tokens_out": row.output_tokens, "status": row.outcome}
        for row in rows(name)
    )
    return "".join(f"{json.dumps({key: value for key, value in each.items() if value is not None})}\n" for each in said)


def spans(name: str) -> str:
    """OpenTelemetry, as the collector's file exporter writes it."""
    found = [span(i, row) for i, row in enumerate(rows(name))]
    scope = {"scope": {"name": "app"}, "spans": found}
    return json.dumps({"resourceSpans": [{"scopeSpans": [scope]}]}, separators=(",", ":")) + "\n"


def span(number: int, row: Row) -> dict[str, object]:
    """One call, by the names that OpenTelemetry has for it."""
    attributes: dict[str, str | int] = {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.max_tokens": row.max_tokens,
        "gen_ai.usage.input_tokens": row.input_tokens,
    }
    if row.output_tokens is not None:
        attributes["gen_ai.usage.output_tokens"] = row.output_tokens
    else:
        attributes["error.type"] = "APITimeoutError"
    return {
        "traceId": f"{number + 1:032x}",
        "spanId": f"{number + 1:016x}",
        "name": "chat",
        "kind": 3,
        "startTimeUnixNano": str(round(row.at * 1e9)),
        "endTimeUnixNano": str(round((row.at + row.latency) * 1e9)),
        "attributes": [{"key": key, "value": value_of(value)} for key, value in attributes.items()],
        "status": {"code": 2} if row.output_tokens is None else {},
    }


def value_of(value: str | int) -> dict[str, str]:
    """An attribute's value in OTLP: 64-bit numbers are strings in JSON."""
    return {"stringValue": value} if isinstance(value, str) else {"intValue": str(value)}


FILES = {
    "chat.csv": table("chat"),
    "background.jsonl": lines_of_json("background"),
    "realtime.csv": table("realtime"),
    "agentic.json": spans("agentic"),
}

if __name__ == "__main__":
    for file, text in FILES.items():
        (HERE / file).write_text(text, encoding="utf-8")
        print(f"Wrote {file}")
