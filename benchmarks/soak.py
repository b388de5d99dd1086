"""`brownout serve` for minutes under thousands of streams, of which most go wrong: what is left when they are gone.

Nothing may be: no request under way, no socket, no slot. And its memory may not grow while it serves: the median of the
last fifth of the time is held to that of the second. The journal is kept short, so that it has its size by then.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from run import Different, Results, main, spread
from serve import HERE, LOOP

SCENARIO = """
name: soak
workload: {clients: 1, arrivals: {kind: closed}, calls: {stream: 100%%, output_tokens: 60}}
server:
  latency: {round_trip: 2ms, first_token: 200ms, token_gap: 100ms}
  capacity: {slots: %d, queue: 0}
timeline:
  - for: 24h
    faults:
      - {kind: overload, share: 10%%}
      - {kind: rate_limit, share: 10%%, retry_after: 1s}
      - {kind: no_answer, share: 10%%}
      - {kind: blackhole, share: 10%%}
      - {kind: reset, at: {tokens: 5}, share: 10%%}
      - {kind: close, at: {tokens: 10}, share: 10%%}
      - {kind: nat_death, at: {tokens: 15}, share: 10%%}
      - {kind: stall, at: {tokens: 20}, for: 1s, pings: 300ms, share: 10%%}
      - {kind: half_event, at: {tokens: 30}, then: end, share: 10%%}
      - {kind: malformed_json, at: {tokens: 40}, share: 10%%}
      - {kind: stream_error, at: {tokens: 50}, share: 10%%}
      - {kind: trickle, bytes: 100, every: 100ms, share: 10%%}
"""
ASK = json.dumps({"model": "m", "max_tokens": 10, "messages": [{"role": "user", "content": "Hello"}]}).encode()
_SETTLED = 60.0
"""Seconds until everything that was under way has to have come to its end."""
_FILES = 2
"""Open to look at it, and no client's."""


class Watched:
    """A server in a process of its own, seen from outside."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._pid, first = process.pid, ""
        assert process.stdout is not None
        while "Ctrl-C" not in first:
            if not (line := process.stdout.readline()):
                raise Different(f"the server has not come up: {first}")
            first += line
        self.port = int(re.findall(r"BASE_URL=http://127.0.0.1:(\d+)", first)[0])
        self._control = re.findall(r"Control: (\S+)", first)[0]

    def ask(self, path: str, **body: Any) -> Any:
        """Of the control port."""
        data = json.dumps(body).encode() if body else None
        with urllib.request.urlopen(f"{self._control}/{path}", data, timeout=30) as answer:
            return json.load(answer)

    @property
    def megabytes(self) -> float:
        pages = int(Path(f"/proc/{self._pid}/statm").read_text().split()[1])
        return pages * 4096 / 1e6

    @property
    def files(self) -> int:
        return len([*Path(f"/proc/{self._pid}/fd").iterdir()])

    @property
    def under_way(self) -> int:
        return int(self.ask("state")["requests"]["under_way"])


@contextmanager
def server(folder: Path, slots: int, journal: int) -> Iterator[Watched]:
    file = folder / "soak.yaml"
    file.write_text(SCENARIO % slots, encoding="utf-8")
    words = ["serve", "-s", str(file), "--port", "0", "--control-port", "0", "--journal", str(journal)]
    process = subprocess.Popen([sys.executable, "-m", "brownout", *words], stdout=subprocess.PIPE, text=True)
    try:
        yield Watched(process)
    finally:
        process.kill()
        process.communicate()


def measure(is_quick: bool) -> Results:
    """Counts and megabytes. Raises `Different` where something is left."""
    clients, seconds, journal = (50, 10, 100) if is_quick else (2000, 180, 5000)
    with TemporaryDirectory() as folder, server(Path(folder), clients, journal) as watched:
        before = watched.files
        ends, sizes = _loaded(watched, clients, seconds)
        left = [
            _comes_to(lambda: watched.under_way, 0, "requests under way"),
            _comes_to(lambda: watched.files, before + _FILES, "files open"),
        ]
        state = watched.ask("state")
        _find_slots(watched, clients)
    fifth = len(sizes) // 5
    early, late = sizes[fifth : 2 * fifth], sizes[-fifth:]
    return {
        "soak.requests_per_second": spread([state["requests"]["served"] / seconds]),
        **{f"soak.ends.{how.replace(' ', '_')}": spread([float(count)]) for how, count in sorted(ends.items())},
        "soak.most_files": spread([float(max(files for _, files in sizes))]),
        "soak.seconds_to_nothing_under_way": spread([left[0]]),
        "soak.seconds_to_no_connection": spread([left[1]]),
        "soak.megabytes_second_fifth": spread([size for size, _ in early]),
        "soak.megabytes_last_fifth": spread([size for size, _ in late]),
        "soak.growth": spread([median(size for size, _ in late) / median(size for size, _ in early)])
        | {"at_most": 1.05},
        "soak.worst_lateness_ms": spread([state["lateness"]["worst"] * 1000]),
    }


def _loaded(watched: Watched, clients: int, seconds: int) -> tuple[dict[str, int], list[tuple[float, int]]]:
    """How the clients fared, and the server's memory and files all the while."""
    command = [sys.executable, str(HERE / "crowd.py"), str(watched.port), str(clients), str(seconds), LOOP]
    sizes = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as crowd:
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            sizes.append((watched.megabytes, watched.files))
            time.sleep(min(1.0, seconds / 50))
        told, _ = crowd.communicate()
    ends: dict[str, int] = json.loads(told)
    if missing := {"whole", "529", "429", "reset", "closed", "left", "cut short"} - ends.keys():
        raise Different(f"nothing of what was to happen: {missing}")
    return ends, sizes


def _comes_to(count: Callable[[], int], at_most: int, what: str) -> float:
    """The seconds that it takes. Raises `Different`."""
    began = time.monotonic()
    while (now := count()) > at_most:
        if time.monotonic() > began + _SETTLED:
            raise Different(f"{now} {what} are left")
        time.sleep(0.1)
    return time.monotonic() - began


def _find_slots(watched: Watched, slots: int) -> None:
    """All at once, and one more: so many answers, each of which takes a slot, and one that finds none."""
    watched.ask("phases", phases=[{"for": "1h"}])
    command = [sys.executable, str(HERE / "crowd.py"), str(watched.port), str(slots + 1), "0", LOOP]
    ends = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    if ends != {"whole": slots, "529": 1}:
        raise Different(f"of {slots} slots not all are free: {ends}")


if __name__ == "__main__":
    main(measure)
