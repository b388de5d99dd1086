"""`brownout serve`."""

from __future__ import annotations

import asyncio
import signal

import click

from brownout.fakes.endpoint import Endpoint
from brownout.fakes.wire.server import WireServer
from brownout.harness.scenario import Scenario

from .loading import load


def serve(scenario: str, port: int, seed: int, scale: float) -> None:
    """Listen until interrupted, then say what was served."""
    (source,), _ = load([scenario], [])
    asyncio.run(_serve(source.value, port, seed, scale))


async def _serve(scenario: Scenario, port: int, seed: int, scale: float) -> None:
    endpoint = Endpoint(scenario.service(), seed)
    server = WireServer(endpoint, port=port, scale=scale, begins_with_first_request=True)
    try:
        await server.start()
    except OSError as error:
        raise click.UsageError(
            f"cannot listen on port {port}: {error.strerror}; --port 0 takes any that is free"
        ) from None
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    click.echo(
        f"{scenario.name} on http://{server.host}:{server.port} (seed {seed}). The clock starts with the first request."
    )
    click.echo(f"  export ANTHROPIC_BASE_URL=http://{server.host}:{server.port} ANTHROPIC_API_KEY=none")
    click.echo("  Several clients: add /client/0, /client/1, ... to the URL. Ctrl-C ends it.")
    await stopped.wait()
    await server.stop()
    served = endpoint.journal()
    click.echo(f"\nServed {len(served)} requests.")
    for name, counts in zip(endpoint.timeline.names, endpoint.timeline.counts, strict=True):
        click.echo(f"  {name}: planned {counts.planned}, fired {counts.fired}")
