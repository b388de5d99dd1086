"""What a client configuration is good for without a run: to be examined, put around the SDK, written as code."""

from __future__ import annotations

from collections.abc import Sequence
from os import fspath
from typing import TYPE_CHECKING, Any, overload

from brownout.harness import sources
from brownout.harness.client import Client
from brownout.harness.fleet import Fleet
from brownout.harness.scenario import Scenario

from .arguments import Named, scenario_of

if TYPE_CHECKING:
    import anthropic

    from brownout.harness.doctor.finding import Diagnosis
    from brownout.harness.production.face import ResilientAnthropic, ResilientAsyncAnthropic
    from brownout.harness.production.records import Hook


def doctor(
    client: Named | Client | Fleet, scenario: Named | Scenario | None = None, *, prove: bool = False
) -> Diagnosis:
    """What is wrong with a client, read in its configuration: its `findings`, the gravest first, each with its `id`,
    `severity`, `what`, `fix` and `where`; with `prove` also what the simulator was seen to do.

    `client`: a file, the name of a shipped client, what `client` has loaded, a fleet, the SDK client of a program by
    `module:name`, which is imported, or a `.py` file, which is read and never run. With a `scenario` limits are held
    against its calls. Raises as `scenario` does, and `harness.importing.NotFound`.
    """
    from brownout.harness.doctor.examine import examine

    incident = None if scenario is None else scenario_of(scenario).value
    return examine(client if isinstance(client, Client | Fleet) else fspath(client), incident, prove=prove)


@overload
def resilient(
    client: anthropic.Anthropic, config: Named | Client, *, hooks: Sequence[Hook] = ()
) -> ResilientAnthropic: ...


@overload
def resilient(
    client: anthropic.AsyncAnthropic, config: Named | Client, *, hooks: Sequence[Hook] = ()
) -> ResilientAsyncAnthropic: ...


def resilient(client: Any, config: Named | Client, *, hooks: Sequence[Hook] = ()) -> Any:
    """The SDK's client, with `messages.create` and `messages.stream` going through the layers of a client
    configuration; in all else it is the client that was given, as whose instance it also passes. Its breaker, budgets
    and limits are shared by all its calls, in whatever threads and tasks: make one, and keep it.

    `config`: a file, the name of a shipped client, or what `client` has loaded. `hooks`: functions that are told every
    record. `for_profile("background")` is the same client for calls of another kind.

    Calls raise what the SDK raises, and `brownout.errors` of their own. Raises `TypeError` for what is no client of the
    SDK's, and as `scenario` does for files.
    """
    from brownout.harness.production.face import resilient

    return resilient(client, config, hooks=hooks)


def export(client: Named | Client, to: str, *, profile: str = "") -> str:
    """A client configuration as a program of your own, `to` "python" or "typescript": the SDK's options, and its layers
    as a short wrapper that needs nothing but the SDK. `profile`: for calls of that kind.

    Raises `harness.exporting.NotExportable` for what there is no code for, and as `client` does for files.
    """
    from brownout.harness.exporting import export

    if isinstance(client, Client):
        return export(client, to, profile=profile)
    return export(sources.client(fspath(client)).value, to, profile=profile, named=fspath(client))
