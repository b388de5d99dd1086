"""Client files with a mistake in each, and sound ones: whoever reads them knows what the doctor is to say."""

from __future__ import annotations

from typing import NamedTuple

SOUND_LAYERS = """\
layers:
  - deadline: {total: 60s}
  - retry:
      retries: 2
      on: [timeout, connection, rate_limit, overloaded, server_error, stream_before_text]
      budget: {deposit: 0.2, capacity: 10}
  - content_gap: {limit: 15s}
  - sdk: {max_retries: 0}
"""
HEAD = "name: mine\ntimeouts: {connect: 5s, read: 20s, write: 30s, pool: 10s}\n"


class Mistake(NamedTuple):
    """`here` is a piece of the line where it is to be found."""

    id: str
    text: str
    here: str
    scenario: str = ""


def changed(old: str, new: str) -> str:
    """The sound file with one thing else."""
    text = HEAD + SOUND_LAYERS
    assert text.count(old) == 1, old
    return text.replace(old, new)


MISTAKES = [
    Mistake("stacked-retries", changed("{max_retries: 0}", "{max_retries: 2}"), "max_retries"),
    Mistake("stacked-retries", changed("- sdk: {max_retries: 0}", "- sdk"), "- sdk"),
    Mistake(
        "stacked-retries",
        changed("  - sdk:", "  - retry: {retries: 1, on: [timeout]}\n  - sdk:"),
        "retries: 1",
    ),
    Mistake(
        "stacked-retries",
        changed("  - content_gap", "  - hedge: {after: 5s}\n  - content_gap").replace(
            "      budget: {deposit: 0.2, capacity: 10}\n", ""
        ),
        "hedge",
    ),
    Mistake("no-total", changed("  - deadline: {total: 60s}\n", ""), "layers:"),
    Mistake(
        "no-total",
        changed("  - deadline: {total: 60s}\n", "").replace("  - cont", "  - attempt_timeout: {total: 20s}\n  - cont"),
        "layers:",
    ),
    Mistake("limit-below-p99", changed("read: 20s", "read: 3s"), "read: 3s"),
    Mistake("limit-below-p99", changed("  - content", "  - first_token: {limit: 2s}\n  - content"), "limit: 2s"),
    Mistake("limit-below-p99", changed("  - content", "  - attempt_timeout: {total: 4s}\n  - content"), "total: 4s"),
    Mistake("limit-below-p99", HEAD + SOUND_LAYERS, "read: 20s", "slow-generation"),
    Mistake("unreachable-limit", changed("{limit: 15s}", "{limit: 90s}"), "limit: 90s"),
    Mistake(
        "unreachable-limit", changed("  - content", "  - attempt_timeout: {total: 70s}\n  - content"), "total: 70s"
    ),
    Mistake("unreachable-limit", changed("  - content", "  - first_byte: {limit: 60s}\n  - content"), "limit: 60s"),
    Mistake(
        "unreachable-limit", changed("  - content", "  - hedge: {after: 61s, share: 5%}\n  - content"), "after: 61s"
    ),
    Mistake("retries-cannot-fit", changed("read: 20s", "read: 60s"), "read: 60s"),
    Mistake("retries-cannot-fit", changed("{total: 60s}", "{total: 18s}"), "read: 20s"),
    Mistake("late-retries", changed("retries: 2", "retries: 9"), "retries: 9"),
    Mistake(
        "late-retries", changed("retries: 2", "retries: 3\n      within: 2s\n      backoff: {base: 4s}"), "retries: 3"
    ),
    Mistake(
        "breaker-cannot-open",
        changed("  - retry:", "  - breaker: {failures: 50, open_for: 10s}\n  - retry:"),
        "failures: 50",
        "rate-limit-storm",
    ),
    Mistake(
        "breaker-cannot-open",
        changed("  - retry:", "  - breaker: {window: {time: 20s, minimum: 10}, open_for: 10s}\n  - retry:"),
        "window:",
        "rate-limit-storm",
    ),
    Mistake(
        "one-call-opens-breaker",
        changed("  - content", "  - breaker: {failures: 3, open_for: 10s}\n  - content"),
        "failures: 3",
    ),
    Mistake(
        "breaker-open-too-long", changed("  - retry:", "  - breaker: {open_for: 10m}\n  - retry:"), "open_for: 10m"
    ),
    Mistake(
        "breaker-open-too-long",
        changed("  - retry:", "  - breaker: {open_for: 150s}\n  - retry:"),
        "open_for: 150s",
        "stall-mid-stream",
    ),
    Mistake("retry-after-uncapped", changed("  - deadline: {total: 60s}\n", ""), "- retry:"),
    Mistake("retry-after-uncapped", HEAD + "layers: [{content_gap: {limit: 9s}}, {sdk: {max_retries: 1}}]\n", "sdk"),
    Mistake(
        "retry-after-beyond-deadline",
        changed("retries: 2", "retries: 2\n      retry_after: {at_most: 5m}"),
        "at_most: 5m",
    ),
    Mistake("retry-after-ignored", changed("retries: 2", "retries: 2\n      retry_after: ignore"), "ignore"),
    Mistake("no-content-gap", changed("  - content_gap: {limit: 15s}\n", ""), "layers:"),
    Mistake("stream-breaks-not-retried", changed(", stream_before_text", ""), "on:"),
    Mistake("rate-limit-not-retried", changed("rate_limit, ", ""), "on:"),
    Mistake(
        "rate-limit-not-retried", HEAD + "layers:\n  - content_gap: {limit: 9s}\n  - sdk: {max_retries: 0}\n", "sdk"
    ),
    Mistake("overload-not-retried", changed("overloaded, ", ""), "on:"),
    Mistake("no-jitter", changed("retries: 2", "retries: 2\n      backoff: {base: 2s, jitter: none}"), "jitter: none"),
    Mistake(
        "constant-backoff", changed("retries: 2", "retries: 3\n      backoff: {growth: constant, base: 2s}"), "growth"
    ),
    Mistake("no-retry-budget", changed("      budget: {deposit: 0.2, capacity: 10}\n", ""), "- retry:"),
    Mistake("caller-leaves-first", changed("{total: 60s}", "{total: 150s}"), "total: 150s", "calm"),
    Mistake("futile-retries", changed("rate_limit, ", "rate_limit, breaker_open, "), "on:"),
    Mistake(
        "futile-retries",
        changed("rate_limit, ", "rate_limit, breaker_open, ").replace(
            "  - content", "  - breaker: {failures: 10, open_for: 30s}\n  - content"
        ),
        "on:",
    ),
    Mistake(
        "retries-cannot-fit",
        HEAD + SOUND_LAYERS + "profiles:\n  background:\n    timeouts: {read: 200s}\n",
        "read: 200s",
    ),
]
"""Each has others of its own making at times: the one that is named must be there, where it says."""

ON = "on: [timeout, connection, rate_limit, overloaded, server_error, stream_before_text, stream_after_text]"
SOUND = {
    "plain": HEAD + SOUND_LAYERS,
    "no-retries-but-the-sdks": HEAD.replace("read: 20s", "read: 15s")
    + "layers: [{deadline: {total: 60s}}, {fallback: {to: [{stream: false}]}}, {content_gap: {limit: 9s}}, "
    "{sdk: {max_retries: 1}}]\n",
    "one-retry": HEAD
    + f"layers: [{{deadline: {{total: 60s}}}}, {{retry: {{retries: 1, {ON}}}}}, {{content_gap: {{limit: 9s}}}}, "
    "{sdk: {max_retries: 0}}]\n",
    "breaker": changed("  - retry:", "  - breaker: {failures: 8, open_for: 20s}\n  - retry:"),
    "window": changed("  - retry:", "  - breaker: {window: {calls: 20, minimum: 8}, open_for: 20s}\n  - retry:"),
    "attempts-of-their-own": changed("  - content", "  - attempt_timeout: {total: 25s}\n  - content").replace(
        "read: 20s", "read: 600s"
    ),
    "first-token": changed("  - content", "  - first_token: {limit: 12s}\n  - content"),
    "few-hedges": changed("  - content", "  - hedge: {after: 8s, share: 5%}\n  - content"),
    "capped-retry-after": changed("retries: 2", "retries: 2\n      retry_after: {at_most: 20s, jitter: 10%}"),
    "resumed": changed("  - retry:", "  - resume: {times: 2}\n  - retry:"),
    "decorrelated": changed("retries: 2", "retries: 4\n      backoff: {base: 1s, max: 10s, jitter: decorrelated}"),
    "profiles": HEAD
    + SOUND_LAYERS
    + "profiles:\n  background:\n    timeouts: {read: 90s}\n    layers: {deadline: {total: 290s}}\n",
}
