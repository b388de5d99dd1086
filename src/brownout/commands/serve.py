"""`brownout serve`."""

from __future__ import annotations

import asyncio
import os
import secrets
import shlex
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import click

from brownout.fakes.wire.certificates import Certificates
from brownout.fakes.wire.descriptors import raise_limit
from brownout.harness.few_collections import few_collections
from brownout.harness.scenario import Scenario
from brownout.harness.serving.host import Host, PortTaken, Settings

from .loading import check_available, load
from .reachable import Reach

Tls = tuple[Certificates, Path]
"""What is shown, and where the certificate is that clients have to trust."""
TOKEN = "BROWNOUT_CONTROL_TOKEN"
_UNNOTICED = 0.3
"""Seconds that it may take to end without a word."""


def serve(
    scenario: str,
    host: str,
    port: int,
    seed: int,
    scale: float,
    allow_remote: bool,
    tls: bool,
    ca_file: Path | None,
    control_port: int | None,
    no_control: bool,
    grace: float,
    journal: int,
) -> None:
    """Listen until interrupted, then say what was served."""
    reach = Reach.of(host, allow_remote)
    if ca_file is not None and not tls:
        raise click.UsageError("--ca-file goes with --tls")
    if no_control and control_port is not None:
        raise click.UsageError("--control-port and --no-control exclude each other")
    (source,), _ = load([scenario], [])
    check_available([source], "wire", tls)
    at = Settings(reach.host, port, scale, journal=journal)
    at.control_port, at.token = None if no_control else _beside(port, control_port), _token(reach)
    raise_limit()
    with _secured(tls, reach, ca_file) as secured:
        if secured is not None:
            at.tls, at.untrusted = secured[0].good, secured[0].untrusted
        with few_collections(), asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(source.value, seed, at, reach, grace, secured))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """That of uvloop where it is installed, which answers more requests a second; else asyncio's own."""
    if find_spec("uvloop") is None:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = import_module("uvloop").new_event_loop
    return factory


def _beside(port: int, control_port: int | None) -> int:
    if control_port is not None:
        return control_port
    return port + 1 if 0 < port < 65535 else 0


def _token(reach: Reach) -> str | None:
    """What the control port asks for, where others can reach it."""
    return None if reach.is_loopback else os.environ.get(TOKEN) or secrets.token_urlsafe(16)


@contextmanager
def _secured(is_wanted: bool, reach: Reach, ca_file: Path | None) -> Iterator[Tls | None]:
    if not is_wanted:
        yield None
        return
    from .certificates import certified

    with certified(reach.names, ca_file) as tls:
        yield tls


async def _serve(scenario: Scenario, seed: int, at: Settings, reach: Reach, grace: float, tls: Tls | None) -> None:
    host = Host(scenario, seed, at)
    try:
        await host.start()
    except PortTaken as taken:
        raise click.UsageError(_taken(taken, reach)) from None
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, _interrupted, host, stopped)
    _announce(f"{scenario.name} on {host.url} (seed {seed}). The clock starts with the first request.", host, tls)
    if reach.warning:
        click.echo(reach.warning, err=True)
    await stopped.wait()
    await _end(host, grace)
    _sum_up(host)
    if failed := host.server.failed_handshakes:
        click.echo(f"{failed} TLS handshakes came to nothing: does every client trust {tls and tls[1]}?")


async def _end(host: Host, grace: float) -> None:
    ending = asyncio.create_task(host.stop(grace))
    await asyncio.wait({ending}, timeout=_UNNOTICED)
    if awaited := host.awaited:
        what = "an answer" if awaited == 1 else f"{awaited} answers"
        click.echo(f"Waiting up to {grace:g} s for {what} under way; Ctrl-C again ends it at once.", err=True)
    await ending


def _interrupted(host: Host, stopped: asyncio.Event) -> None:
    """The second time, nobody is waited for."""
    host.is_hurried = stopped.is_set()
    stopped.set()


def _taken(taken: PortTaken, reach: Reach) -> str:
    where = f"{taken.which} {taken.number}"
    if not reach.is_loopback:
        where = f"{reach.host}, {where}"
    way_out = "--port 0 takes any that is free"
    if taken.which != "port":
        way_out = "--control-port 0 takes any that is free, --no-control does without"
    return f"cannot listen on {where}: {taken.why}; {way_out}"


def _sum_up(host: Host) -> None:
    journal = host.desk.journal
    click.echo(f"\nServed {journal.served + host.server.endpoint.under_way} requests.")
    for fault in host.desk.state()["faults"]:
        click.echo(f"  {fault['name']}: planned {fault['planned']}, fired {fault['fired']}")
    if journal.late:
        click.echo(
            f"This machine was late for {journal.late} of them, by up to {journal.worst * 1000:.0f} ms: "
            "what clients waited for was not the fake alone."
        )


def _announce(first: str, host: Host, tls: Tls | None) -> None:
    click.echo(first)
    click.echo(f"  export ANTHROPIC_BASE_URL={host.url} ANTHROPIC_API_KEY=none")
    if tls is not None:
        file = shlex.quote(str(tls[1]))
        click.echo(f"  export SSL_CERT_FILE={file}  # Python, and all that uses OpenSSL")
        click.echo(f"  export NODE_EXTRA_CA_CERTS={file}  # Node")
        click.echo(f"  curl --cacert {file} {host.url}/v1/models -H 'x-api-key: none'")
    if host.control_url is not None:
        click.echo(f"  Control: {host.control_url} (docs/serve.md)")
        if host.token is not None:
            click.echo(f"  Its token: {host.token}")
    click.echo("  Several clients: add /client/0, /client/1, ... to the URL. Ctrl-C ends it.")
