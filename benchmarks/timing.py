"""How late an injected delay is, beside the floor: an event loop's own timer between a request and its answer.

One client on an idle machine, one small message after the other; what is left of the time that it waits when the delay
is taken off. The work of both servers and of HTTP is in it, so that their difference is what the fake adds. Both loops
wait for whole milliseconds, and uvloop rounds: a delay of 7.3 ms is where that shows.
"""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from run import Different, Results, main, spread
from serve import SCENARIO, server

DELAYS = (0.002, 0.0073, 0.05)
"""Seconds."""
_BODY = b'{"model":"claude-sonnet-5-5","max_tokens":100,"messages":[{"role":"user","content":"Hello there"}]}'
_HEAD = b"POST /v1/messages HTTP/1.1\r\nhost: localhost\r\nx-api-key: none\r\ncontent-length: %d\r\n\r\n"
_REQUEST = _HEAD % len(_BODY) + _BODY


def measure(is_quick: bool) -> Results:
    """Lateness in milliseconds, ours and the floor's. Raises `Different` where an answer is none."""
    rounds, asked = (1, 10) if is_quick else (5, 100)
    results: Results = {}
    for delay in DELAYS:
        with TemporaryDirectory() as folder, ExitStack() as stack:
            scenario = SCENARIO % (1, f"{delay * 1000:g}ms", "0ms")
            ports = {
                "ours": stack.enter_context(server("ours", Path(folder), scenario)),
                "floor": stack.enter_context(server("raw", Path(folder), scenario, str(delay))),
            }
            runs = [{name: _late(port, delay, asked) for name, port in ports.items()} for _ in range(rounds)]
        name = f"serve.delay_{delay * 1000:g}ms"
        for percentile in (1, 50, 99):
            for which in ports:
                at = [quantiles(run[which], n=100, method="inclusive")[percentile - 1] for run in runs]
                results[f"{name}_late_p{percentile}_ms.{which}"] = spread(at)
    return results


def _late(port: int, delay: float, times: int) -> list[float]:
    """Milliseconds by which each answer came after its delay."""
    found = []
    with socket.create_connection(("127.0.0.1", port)) as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(times + 1):
            time.sleep(0.0007)  # else every request would come at the same point of a millisecond
            asked = time.perf_counter()
            client.sendall(_REQUEST)
            answer = client.recv(65536)
            found.append((time.perf_counter() - asked - delay) * 1000)
            if not answer.startswith(b"HTTP/1.1 200 OK") or not answer.endswith(b"}"):
                raise Different(f"no whole answer: {answer!r}")
    return found[1:]  # the first is on a connection that has to be made


if __name__ == "__main__":
    main(measure)
