"""Clients with everything that can be exported, one idea each, and without anything left to chance."""

from __future__ import annotations

from brownout.harness.client import Client
from brownout.harness.files import loads

RETRY = "retry: {retries: 4, backoff: {base: 1s, jitter: none}, on: [timeout, connection, rate_limit, overloaded]}"
WIDE = "[timeout, connection, rate_limit, overloaded, server_error, stream_before_text, stream_after_text, malformed]"
LAYERS: dict[str, list[str]] = {
    "constant": ["retry: {retries: 4, backoff: {growth: constant, base: 2s, jitter: none}}"],
    "fibonacci": ["retry: {retries: 6, backoff: {growth: fibonacci, base: 1s, jitter: none}}"],
    "growing-for-ever": ["retry: {retries: 6, backoff: {base: 1s, factor: 3, jitter: none}}"],
    "within": ["retry: {retries: 9, within: 12s, backoff: {base: 2s, jitter: none}}"],
    "ignores": [f"retry: {{retries: 9, backoff: {{base: 1s, jitter: none}}, retry_after: ignore, on: {WIDE}}}"],
    "gives-up": ["retry: {backoff: {base: 1s, jitter: none}, retry_after: {at_most: 4s}}"],
    "waits-less": ["retry: {backoff: {base: 1s, jitter: none}, retry_after: {at_most: 4s, beyond: wait}}"],
    "backs-off": ["retry: {backoff: {base: 1s, jitter: none}, retry_after: {at_most: 4s, beyond: backoff}}"],
    "tells-timeouts-apart": [
        "breaker: {failures: 3, open_for: 4s, counts: [timeout, in_stream_error]}",
        "retry: {backoff: {base: 1s, jitter: none}, on: [connect_timeout, connection]}",
    ],
    "other-causes": [
        "retry: {backoff: {base: 1s, jitter: none}, on: [read_timeout, request_timeout, conflict, in_stream_error]}"
    ],
    "bucket": [RETRY.replace("retries: 4", "retries: 4, budget: {deposit: 0.2, capacity: 2}")],
    "bucket-of-successes": [
        RETRY.replace("retries: 4", "retries: 4, budget: {deposit: 0.5, deposit_on: success, capacity: 2}")
    ],
    "quota": [
        RETRY.replace("retries: 4", "retries: 4, budget: {kind: quota, capacity: 40, cost: 5, timeout_cost: 10}")
    ],
    "throttle": [RETRY.replace("retries: 4", "retries: 4, budget: {kind: throttle, max_tokens: 6, token_ratio: 0.5}")],
    "ratio": [RETRY.replace("retries: 4", "retries: 4, budget: {kind: ratio, share: 20%, floor: 0.1/s, window: 20s}")],
    "breaker-of-calls": ["breaker: {window: {calls: 10, minimum: 4}, open_for: 5s, probes: 2, successes: 2}"],
    "breaker-of-time": ["breaker: {window: {time: 20s, minimum: 4, slow: 5s, slow_rate: 60%}, open_for: 5s}"],
    "breaker-of-attempts": [RETRY, "breaker: {failures: 3, open_for: 2s}", "attempt_timeout: {total: 9s}"],
    "breaker-within-limits": [
        "deadline: {total: 20s}",
        f"retry: {{retries: 5, backoff: {{base: 1s, jitter: none}}, on: {WIDE}}}",
        "attempt_timeout: {total: 9s}",
        "breaker: {failures: 2, open_for: 3s}",
    ],
    "first-byte": [
        f"retry: {{backoff: {{base: 1s, jitter: none}}, on: {WIDE}}}",
        "first_byte: {limit: 4s}",
        "first_token: {limit: 6s}",
    ],
    "bulkhead": ["deadline: {total: 60s}", "concurrency: {limit: 2, queue: 3, max_wait: 5s}"],
    "bulkhead-of-attempts": [
        RETRY.replace("overloaded]", "overloaded, rejected]"),
        "concurrency: {limit: 2, queue: 0}",
    ],
    "hedge": ["hedge: {after: 6s, hedges: 2}", "content_gap: {limit: 10s}"],
    "hedge-of-some": [
        "deadline: {total: 40s}",
        "hedge: {after: 2900ms, share: 20%}",
        "breaker: {failures: 3, open_for: 4s}",
    ],
    "hedge-by-quantile": ["hedge: {after: 6s, quantile: 80%}"],
    "fallback": [
        "fallback: {to: [{model: claude-haiku-4-5}, {model: claude-haiku-4-5, stream: false}]}",
        RETRY.replace("retries: 4", "retries: 1"),
        "content_gap: {limit: 10s}",
    ],
    "fallback-from-a-breaker": ["fallback: {to: [{stream: false}]}", "breaker: {failures: 2, open_for: 5s}"],
    "two-retries": [
        "retry: {retries: 1, backoff: {base: 9s, jitter: none}, on: [overloaded]}",
        "retry: {retries: 2, within: 20s, backoff: {growth: constant, base: 1s, jitter: none}, on: [rate_limit]}",
    ],
}


def client_of(name: str, *layers: str, language: str = "python") -> Client:
    """The client with these layers around an SDK that leaves retrying to them."""
    listed = "".join(f"  - {layer}\n" for layer in (*layers, f"sdk: {{max_retries: 0, language: {language}}}"))
    return loads(f"name: {name}\ntimeouts: {{connect: 3s, read: 20s, pool: 5s}}\nlayers:\n{listed}", Client)


VARIANTS = {name: client_of(name, *layers) for name, layers in LAYERS.items()}

CHANCE = {
    "full": "full",
    "equal": "equal",
    "additive": "{additive: 1s}",
    "decorrelated": "decorrelated",
}
CHANCES = {
    f"{name}-{growth}": client_of(
        f"{name}-{growth}",
        f"retry: {{backoff: {{growth: {growth}, base: 1s, max: 9s, jitter: {jitter}}}, "
        "retry_after: {at_most: 9s, jitter: 20%}}",
    )
    for name, jitter in CHANCE.items()
    for growth in ("constant", "exponential", "fibonacci")
}
"""Every jitter with every growth: what they wait is a matter of chance."""

TYPESCRIPT = {
    name: client_of(name, *layers, language="typescript")
    for name, layers in LAYERS.items()
    if not any("connect_timeout" in layer or "read_timeout" in layer for layer in layers)
}
"""Those that can be told in TypeScript, where a timeout is a timeout."""
