"""The fake under load, against Starlette on uvicorn and against a bare protocol, all with httptools, and with uvloop
where that is installed.

Small plain messages a second by wrk (Debian's package), with checks of the request, the plan and the journal on; and
how late the tokens of many streams are, at 20 a second each. The load of streams has a lateness of its own, which is
that of the bare protocol's or less. Runs are interleaved; load and servers share the machine.
"""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from run import Different, Results, main, spread

HERE = Path(__file__).resolve().parent / "references"
LOOP = "uvloop" if find_spec("uvloop") else "asyncio"
SCENARIO = """
name: fast
workload: {clients: 1, arrivals: {kind: poisson, rate: 1/s}, calls: {output_tokens: %d}}
server: {latency: {round_trip: 0ms, first_token: %s, token_gap: %s, upload_per_second: 1GiB}}
timeline: [{for: 1h}]
"""
POST = """
wrk.method = "POST"
wrk.body = '{"model":"claude-sonnet-5-5","max_tokens":100,"messages":[{"role":"user","content":"Hello there"}]}'
wrk.headers["content-type"] = "application/json"
wrk.headers["x-api-key"] = "none"
wrk.headers["anthropic-version"] = "2023-06-01"
"""
SERVERS = {"ours": None, "starlette": "starlette_app.py", "raw": "raw_protocol.py"}
"""Ours is the command as a user would give it, with the control port and all."""


def measure(is_quick: bool) -> Results:
    """Ratios to Starlette, and to the bare protocol. Raises `Different` where an answer is none."""
    rounds, seconds, crowds = (1, 1, (20,)) if is_quick else (5, 4, (500, 2000))
    results: Results = {}
    with TemporaryDirectory() as folder:
        ports = {}
        with ExitStack() as stack:
            for name in SERVERS:
                ports[name] = stack.enter_context(server(name, Path(folder), SCENARIO % (10, "0ms", "0ms")))
            results |= _plain(ports, Path(folder), rounds, seconds)
        with ExitStack() as stack:
            for name in SERVERS:
                ports[name] = stack.enter_context(server(name, Path(folder), SCENARIO % (60, "0ms", "50ms")))
            for streams in crowds:
                results |= _streams(ports, streams, 1 if is_quick else 3)
    return results


@contextmanager
def server(name: str, folder: Path, scenario: str, *more: str) -> Iterator[int]:
    """The port of one, in a process of its own. `more` is for its command line."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    file = folder / f"{port}.yaml"
    file.write_text(scenario, encoding="utf-8")
    command = ["-m", "brownout", "serve", "-s", str(file), "--port", str(port), "--control-port", "0"]
    if script := SERVERS[name]:
        command = [str(HERE / script), str(port), LOOP, *more]
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.DEVNULL)
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.kill()
        process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        with socket.socket() as sock:
            if not sock.connect_ex(("127.0.0.1", port)):
                return
        time.sleep(0.05)
    raise Different("a server has not come up")


def _plain(ports: dict[str, int], folder: Path, rounds: int, seconds: int) -> Results:
    if shutil.which("wrk") is None:
        return {}
    script = folder / "post.lua"
    script.write_text(POST, encoding="utf-8")
    rates: dict[str, list[float]] = {name: [] for name in ports}
    for _ in range(rounds):
        for name, port in ports.items():
            rates[name].append(_wrk(port, script, seconds))
    ours = rates["ours"]
    return {
        "serve.plain_vs_starlette": spread(_ratios(ours, rates["starlette"])) | {"at_least": 3.0},
        "serve.plain_vs_raw_protocol": spread(_ratios(ours, rates["raw"])),
        **{f"serve.plain_per_second.{name}": spread(found) for name, found in rates.items()},
    }


def _wrk(port: int, script: Path, seconds: int) -> float:
    """Requests a second."""
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{port}/v1/messages"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in told or (found := re.search(r"Requests/sec: +([0-9.]+)", told)) is None:
        raise Different(f"wrk got no answers:\n{told}")
    return float(found[1])


def _streams(ports: dict[str, int], streams: int, rounds: int) -> Results:
    found: dict[str, list[dict[str, float]]] = {name: [] for name in ports}
    for _ in range(rounds):
        for name, port in ports.items():
            command = [sys.executable, str(HERE / "streams.py"), str(port), str(streams), LOOP]
            told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            found[name].append(told)
    if len({each["tokens"] for runs in found.values() for each in runs}) > 1:
        raise Different("the servers have not sent as many tokens")
    at_most = {500: 0.5, 2000: 1.0}
    results: Results = {}
    for what, name in (("gap_p99", f"serve.stream{streams}_p99"), ("ttft_p99", f"serve.stream{streams}_ttft")):
        values = {server: [each[what] for each in runs] for server, runs in found.items()}
        results[f"{name}_vs_starlette"] = spread(_ratios(values["ours"], values["starlette"]))
        results |= {f"{name}_ms.{server}": spread(each) for server, each in values.items()}
    if streams in at_most:
        results[f"serve.stream{streams}_p99_vs_starlette"]["at_most"] = at_most[streams]
    if streams == 2000:
        results["serve.stream2000_ttft_vs_starlette"]["at_most"] = 0.4
    return results


def _ratios(ours: list[float], theirs: list[float]) -> list[float]:
    return [a / b for a, b in zip(ours, theirs, strict=True)]


if __name__ == "__main__":
    main(measure)
