"""`brownout serve`."""

from __future__ import annotations

import asyncio
import shlex
import signal
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.wire.server import WireServer
from brownout.harness.scenario import Scenario

from .loading import load
from .reachable import Reach

Tls = tuple[ssl.SSLContext, Path]
"""A context, and where the certificate is that clients have to trust."""


def serve(
    scenario: str, host: str, port: int, seed: int, scale: float, allow_remote: bool, tls: bool, ca_file: Path | None
) -> None:
    """Listen until interrupted, then say what was served."""
    reach = Reach.of(host, allow_remote)
    if ca_file is not None and not tls:
        raise click.UsageError("--ca-file goes with --tls")
    (source,), _ = load([scenario], [])
    with _secured(tls, reach, ca_file) as secured:
        asyncio.run(_serve(source.value, reach, port, seed, scale, secured))


@contextmanager
def _secured(is_wanted: bool, reach: Reach, ca_file: Path | None) -> Iterator[Tls | None]:
    if not is_wanted:
        yield None
        return
    from .certificates import certified

    with certified(reach.names, ca_file) as tls:
        yield tls


async def _serve(scenario: Scenario, reach: Reach, port: int, seed: int, scale: float, tls: Tls | None) -> None:
    endpoint = Endpoint(scenario.service(), seed)
    context = None if tls is None else tls[0]
    server = WireServer(endpoint, reach.host, port, scale, begins_with_first_request=True, tls=context)
    try:
        await server.start()
    except OSError as error:
        where = f"port {port}" if reach.is_loopback else f"{reach.host}, port {port}"
        raise click.UsageError(f"cannot listen on {where}: {error.strerror}; --port 0 takes any that is free") from None
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    _announce(f"{scenario.name} on {server.url} (seed {seed}). The clock starts with the first request.", server, tls)
    if reach.warning:
        click.echo(reach.warning, err=True)
    await stopped.wait()
    await server.stop()
    served = endpoint.journal()
    click.echo(f"\nServed {len(served)} requests.")
    for name, counts in zip(endpoint.timeline.names, endpoint.timeline.counts, strict=True):
        click.echo(f"  {name}: planned {counts.planned}, fired {counts.fired}")
    if failed := server.failed_handshakes:
        click.echo(f"{failed} TLS handshakes came to nothing: does every client trust {tls and tls[1]}?")


def _announce(first: str, server: WireServer, tls: Tls | None) -> None:
    click.echo(first)
    click.echo(f"  export ANTHROPIC_BASE_URL={server.url} ANTHROPIC_API_KEY=none")
    if tls is not None:
        file = shlex.quote(str(tls[1]))
        click.echo(f"  export SSL_CERT_FILE={file}  # Python, and all that uses OpenSSL")
        click.echo(f"  export NODE_EXTRA_CA_CERTS={file}  # Node")
        click.echo(f"  curl --cacert {file} {server.url}/v1/models -H 'x-api-key: none'")
    click.echo("  Several clients: add /client/0, /client/1, ... to the URL. Ctrl-C ends it.")
