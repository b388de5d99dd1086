"""Projects of users, as their tests meet the plugin: an application, and how pytest is run in it."""

from __future__ import annotations

import anthropic
import httpcore2
import httpx2
import pytest

for library in (anthropic, httpcore2, httpx2):
    for name in library.__all__:
        # They import late. What a run in this process were the first to import would be forgotten after it, and
        # imported again: two exceptions of one name.
        getattr(library, name)

APP = """
import anthropic

ASK = {"model": "claude-sonnet-5-5", "max_tokens": 100, "messages": [{"role": "user", "content": "Hello"}]}
blocking, asynchronous = anthropic.Anthropic(), anthropic.AsyncAnthropic()  # without a key, before any test


def ask():
    return blocking.messages.create(**ASK).content[0].text


async def ask_async():
    return (await asynchronous.messages.create(**ASK)).content[0].text


def stream():
    with blocking.messages.stream(**ASK) as events:
        return "".join(events.text_stream)
"""

HEAD = """
import anthropic, asyncio, httpx, pytest
import app
from brownout.faults import overload, phase, rate_limit, refuse, reset, stall, truncate
"""

USUAL = ("-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--strict-markers")
"""Without what takes a second to be imported."""


def run(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    """In a process of its own."""
    return project.runpytest_subprocess(*USUAL, *options)


def run_here(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    """In this process, which is faster: for what neither ends it nor leaves sockets open."""
    return project.runpytest_inprocess(*USUAL, *options)


def run_on(backend: str, project: pytest.Pytester, *options: str) -> pytest.RunResult:
    """As fast as can be."""
    start = run_here if backend == "virtual" else run
    return start(project, f"--brownout-backend={backend}", *options)
