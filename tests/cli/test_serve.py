"""`brownout serve`: a real client gets its answers, and Ctrl-C ends with what was served."""

from __future__ import annotations

import json
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anthropic
import pytest

from brownout.cli import group
from brownout.harness.serving.host import Settings

from .command import Here, Said, start
from .served import Served

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
SLOW = """\
name: slow
workload: {{arrivals: {{kind: closed}}}}
server: {{latency: {{first_token: {}}}}}
timeline: [{{for: 1h}}]
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
    out = re.sub(r"  Control: .*\n|This machine was late .*\n", "", said.out)
    assert (said.code, out, said.err) == (
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


def test_who_is_being_answered_is_waited_for(tmp_path: Path) -> None:
    """Up to the grace, which is said; a second Ctrl-C ends it at once."""
    for seconds in ("2s", "1h"):
        (tmp_path / "slow.yaml").write_text(SLOW.format(seconds), encoding="utf-8")
        with Served(tmp_path, "slow.yaml", "--grace", "1m") as server, ThreadPoolExecutor() as pool:
            asked = pool.submit(ask, server.url)
            while not state(server)["requests"]["under_way"]:
                time.sleep(0.01)
            server.interrupt()
            assert server.complaint() == "Waiting up to 60 s for an answer under way; Ctrl-C again ends it at once.\n"
            if seconds == "1h":
                server.interrupt()
                assert isinstance(asked.exception(PATIENCE), anthropic.APIConnectionError)
            else:
                assert asked.result(PATIENCE).stop_reason is not None
        assert server.said.code == 0
        assert "\nServed 1 requests.\n" in server.said.out


def ask(url: str) -> Any:
    with sdk(url) as client:
        return client.messages.create(**MESSAGE)


def state(server: Served) -> Any:
    with urllib.request.urlopen(f"{server.control_url}/state", timeout=PATIENCE) as answer:
        return json.load(answer)


def test_what_was_scripted_is_in_the_summary(tmp_path: Path) -> None:
    """From another program, on the port that is printed."""
    with Served(tmp_path, "calm") as server:
        body = json.dumps({"fault": {"kind": "overload"}}).encode()
        urllib.request.urlopen(f"{server.control_url}/faults", body, timeout=PATIENCE).close()
        with pytest.raises(anthropic.APIStatusError, match="529"):
            ask(server.url)
    assert "\n  scripted 1: overload: planned 1, fired 1\n" in server.said.out


def test_the_control_port_of_one_that_others_reach_asks_for_a_token(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one of the environment, else one that is made up."""
    for token in ("", "s3cret"):
        monkeypatch.setenv("BROWNOUT_CONTROL_TOKEN", token)
        with Served(tmp_path, "calm", "--host", "0.0.0.0", "--allow-remote") as server:
            shown = server.token
            assert token in shown
            with pytest.raises(urllib.error.HTTPError, match="401"):
                state(server)
            asked = urllib.request.Request(f"{server.control_url}/state", headers={"authorization": f"Bearer {shown}"})
            with urllib.request.urlopen(asked, timeout=PATIENCE) as answer:
                assert answer.status == 200


def test_the_journal_is_as_long_as_is_said(tmp_path: Path) -> None:
    """What it has forgotten is served all the same."""
    with Served(tmp_path, "calm", "--journal", "1", "--time-scale", "50") as server:
        for _ in range(3):
            ask(server.url)
        with urllib.request.urlopen(f"{server.control_url}/journal", timeout=PATIENCE) as answer:
            page = json.load(answer)
    assert ([record["number"] for record in page["records"]], page["missed"]) == ([3], 2)
    assert "\nServed 3 requests.\n" in server.said.out
    [option] = [each for each in group.commands["serve"].params if each.name == "journal"]
    assert option.default == Settings().journal


def test_no_control(tmp_path: Path) -> None:
    with Served(tmp_path, "calm", "--no-control") as server:
        pass
    assert "Control" not in server.said.out


def test_a_control_port_that_is_taken(here: Here) -> None:
    """Which of both it is is said."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = here("serve", "-s", "calm", "--port", "0", "--control-port", port)
    assert (said.code, said.out) == (2, "")
    assert said.err.endswith(
        f"Error: cannot listen on control port {port}: Address already in use; --control-port 0 takes any that is "
        "free, --no-control does without\n"
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--no-control", "--control-port", "1"), "--control-port and --no-control exclude each other"),
        (("--grace", "5"), "Invalid value for '--grace': expected a duration"),
    ],
)
def test_options_that_cannot_be(words: tuple[str, ...], message: str, here: Here) -> None:
    said = here("serve", "-s", "calm", *words)
    assert said.code == 2
    assert message in said.err


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
