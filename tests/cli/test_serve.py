"""`brownout serve`: a real client gets its answers, and Ctrl-C ends with what was served."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anthropic
import pytest

from .command import Here, Said, start

SCENARIO = """\
name: first
workload: {arrivals: {kind: closed}, calls: {output_tokens: 20}}
server: {latency: {first_token: 5ms, token_gap: 1ms, round_trip: 1ms}}
timeline:
  - for: 1h
    faults:
      - {kind: rate_limit, where: {calls: [0]}}
      - {kind: stall, where: {calls: [3]}}
"""
MESSAGE: dict[str, Any] = {
    "model": "any-model",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "How are you?"}],
}
PATIENCE = 30.0


class Serving:
    """A server that runs, and what it said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout is not None
        self.first = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", self.first)
        assert found, self.first
        self.url = found[0]

    def end(self, number: signal.Signals = signal.SIGINT) -> Said:
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self.process.send_signal(number)
        # Not `communicate`, which knows nothing of the lines that came together with the first.
        out, err = self.process.stdout.read(), self.process.stderr.read()
        return Said(self.process.wait(PATIENCE), self.first + out, err)


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[Serving]:
    (folder / "first.yaml").write_text(SCENARIO, encoding="utf-8")
    process = start("serve", "-s", "first.yaml", "--port", "0", *words, cwd=folder)
    try:
        yield Serving(process)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def sdk(url: str) -> anthropic.Anthropic:
    return anthropic.Anthropic(base_url=url, api_key="none", max_retries=0, timeout=PATIENCE)


def test_a_real_client_is_served(tmp_path: Path) -> None:
    """The SDK gets a 429, an answer and a stream; then Ctrl-C, and a line for each fault says how often it fired."""
    with serving(tmp_path) as server, sdk(server.url) as client:
        with pytest.raises(anthropic.RateLimitError):
            client.messages.create(**MESSAGE)
        [block] = client.messages.create(**MESSAGE).content
        assert block.type == "text"
        assert len(block.text.split()) >= 10
        with client.messages.stream(**MESSAGE) as stream:
            assert stream.get_final_text().split() == block.text.split()
        said = server.end()
    address = server.url.removeprefix("http://")
    assert said == (
        0,
        f"first on http://{address} (seed 1). The clock starts with the first request.\n"
        f"  export ANTHROPIC_BASE_URL=http://{address} ANTHROPIC_API_KEY=none\n"
        "  Several clients: add /client/0, /client/1, ... to the URL. Ctrl-C ends it.\n"
        "\n"
        "Served 3 requests.\n"
        "  phase 1: rate_limit #1: planned 1, fired 1\n"
        "  phase 1: stall #2: planned 0, fired 0\n",
        "",
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_it_ends_while_somebody_waits(tmp_path: Path, number: signal.Signals) -> None:
    """A stream that stalls for ever does not keep it: it ends at once, by Ctrl-C or by a polite `kill`."""
    with serving(tmp_path, "--seed", "5") as server, sdk(server.url) as client:
        for _ in range(2):  # three requests: the first is refused once
            client.with_options(max_retries=1).messages.create(**MESSAGE)
        with client.messages.stream(**MESSAGE) as stream:
            events = iter(stream)
            assert [next(events).type for _ in range(3)] == [
                "message_start",
                "content_block_start",
                "content_block_delta",
            ]
            said = server.end(number)
            with pytest.raises(Exception, match=r".*"):  # which one is the SDK's affair
                list(events)
    assert (said.code, said.err) == (0, "")
    assert "(seed 5)" in said.out
    assert "\nServed 4 requests.\n" in said.out


def test_nobody_came(tmp_path: Path) -> None:
    """That is no error."""
    with serving(tmp_path) as server:
        said = server.end()
    assert (said.code, said.err) == (0, "")
    assert "\nServed 0 requests.\n" in said.out


def test_a_port_that_is_taken(here: Here) -> None:
    """Exit code 2, and a way out."""
    Path("first.yaml").write_text(SCENARIO, encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = here("serve", "-s", "first.yaml", "--port", port)
    assert (said.code, said.out) == (2, "")
    assert said.err.endswith(
        f"Error: cannot listen on port {port}: Address already in use; --port 0 takes any that is free\n"
    )
