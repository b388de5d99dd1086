"""The Python API: what the command line does, as functions that return objects. Nothing here prints or exits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import AbstractContextManager, ExitStack
from os import PathLike, fspath
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pydantic import BaseModel

from brownout.fakes.faults import Fault
from brownout.fakes.units import parse_duration
from brownout.harness import baseline as baselines
from brownout.harness import program, sources
from brownout.harness.cells import Job
from brownout.harness.client import Client
from brownout.harness.explaining import find, story, title
from brownout.harness.fleet import Fleet
from brownout.harness.frames import RUN_FILE, Results
from brownout.harness.frames import load as load_results
from brownout.harness.plan import Plan, default_backend
from brownout.harness.program import Command, Contestant, Program
from brownout.harness.results import Backend, Change
from brownout.harness.results import load as load_file
from brownout.harness.rules import DEFAULTS, parse_all
from brownout.harness.run import run as run_plan
from brownout.harness.scenario import Scenario
from brownout.harness.sources import Source
from brownout.harness.store import FILE_NAME, Store
from brownout.harness.workers import given, observe

if TYPE_CHECKING:
    import anthropic

    from brownout.harness.alerting import AlertsFile
    from brownout.harness.doctor.finding import Diagnosis
    from brownout.harness.latencies.model import Model
    from brownout.harness.production.face import ResilientAnthropic, ResilientAsyncAnthropic
    from brownout.harness.production.records import Hook
    from brownout.harness.testing.service import Service
    from brownout.harness.tuning.result import Tuned

__all__ = [
    "Client",
    "Fleet",
    "Results",
    "Scenario",
    "alerts",
    "changes",
    "client",
    "command",
    "compare",
    "doctor",
    "explain",
    "export",
    "latencies",
    "load",
    "resilient",
    "run",
    "sampled_incident",
    "scenario",
    "stability",
    "tune",
    "virtual",
    "wire",
]

PRODUCTION = "api.anthropic.com"
"""Where the SDK's clients go unless they are told otherwise."""

Given = TypeVar("Given")
Found = TypeVar("Found", bound=BaseModel)
Named = str | PathLike[str]
"""The name of one that is shipped, or the path of a file."""


def scenario(named: Named) -> Scenario:
    """An incident. Raises `harness.sources.UnknownName` or `harness.files.FileError`, which names every problem."""
    return sources.scenario(fspath(named)).value


def sampled_incident(
    base: Named | Scenario = "calm",
    *,
    seed: int = 1,
    lasts: str = "2h",
    every: object = MappingProxyType({"mean": "40m"}),
    length: object = MappingProxyType({"median": "20m", "p95": "90m"}),
    faults: Sequence[Sequence[Fault | Mapping[str, Any]]] | None = None,
) -> Scenario:
    """The traffic and service of `base` in an incident that is drawn under a seed: outages of random length at random
    distances, each of one kind of trouble. Equal seeds are equal incidents; play many, and no client is tuned to one.

    `every`: calm before each outage, `length`: of each, as distributions of a scenario file. Those that are not given
    are assumptions in the manner of what status pages publish: outages come at random, so that distances are about
    exponential, and their lengths are skewed, about lognormal, with a median of tens of minutes. Take yours, where you
    have them. `faults`: what goes wrong, a list for each kind of outage, of which each is as likely.

    A playable day has millions of calls: give a `base` of few clients, or play a `sample`. Raises `ValueError`, and as
    `scenario` does.
    """
    _check_seed(seed)
    from brownout.harness.outages import KINDS, with_outages

    given = _scenario(base).value
    calm, outage = (dict(each) if isinstance(each, Mapping) else each for each in (every, length))
    return with_outages(given, seed, parse_duration(lasts), calm, outage, KINDS if faults is None else faults)


def client(named: Named) -> Client:
    """A client configuration. Raises as `scenario` does."""
    return sources.client(fspath(named)).value


def command(words: str) -> Command:
    """A program in any language, as a contestant on the wire: run once for each call, as a shell would split the words.
    `name=words` gives it a name. Raises `harness.importing.NotFound`."""
    return program.command(words)


def compare(
    scenarios: Iterable[Named | Scenario],
    clients: Iterable[Named | Contestant],
    *,
    seeds: int | Iterable[int] = 10,
    backend: Backend | None = None,
    time_scale: float = 1.0,
    sample: float = 1.0,
    workers: int = 1,
    cluster: str | Executor | None = None,
    weights: Mapping[str, float] | None = None,
    ablate: str = "",
    gate: str = "",
    lean: bool = False,
    records: Named | None = None,
    folder: Named | None = None,
    resume: bool = False,
) -> Results:
    """Play every client through every scenario under every seed, and rank the clients.

    `clients`: names, files, clients, or code of your own by `module:name`; a program in any language by `command`.
    `backend`: by default the quickest that can play all of them: the simulator, for code virtual time, for commands the
    wire. `seeds`: how many, from 1, or which. `time_scale`: how many seconds of a scenario pass in one, on the wire.
    `sample`: the share of clients, traffic and service to play, above 0 and at most 1. `workers`: processes; with more
    than one, or code of your own, a script needs its `if __name__ == "__main__":`. `cluster`: what plays instead of
    them, the address of a Dask scheduler such as `tcp://host:8786`, or an executor of your own whose workers are
    processes; Brownout has to be installed there. `weights`: of scenarios by name, 1 where not given. `ablate`: a
    client that is also played with one layer left out at a time. `gate`: a client that no other may be surely better
    than. `lean`: keep counts, histograms and a sample of the calls of each run, so that memory does not grow with their
    number; for the simulator. `records`: a folder to which every call and HTTP request is written as Parquet.
    `folder`: where `run.json` and every finished run are kept, to go on from there with `resume`.

    Raises `ValueError` for what does not go together, `harness.scoring.Unplayable` for a scenario that cannot mean what
    it says, `harness.importing.NotFound` for code, `harness.workers.WorkersDied` for runs that kill whatever plays
    them, once all others are kept, `harness.workers.ClusterError`, `harness.record_files.RecordsError`, and as
    `scenario` does for files.
    """
    contestants = _each(clients, _contestant)
    plan = Plan(
        _each(scenarios, _scenario),
        contestants,
        _numbers(seeds),
        backend or default_backend(source.value for source in contestants),
        time_scale,
        sample,
        workers,
        dict(weights or {}),
        ablate,
        gate,
        is_lean=lean,
        records=None if records is None else Path(records),
    )
    return _play(plan, folder, resume, cluster)


def run(
    scenarios: Iterable[Named | Scenario],
    clients: Iterable[Named | Contestant],
    *,
    seeds: int | Iterable[int] = 10,
    backend: Backend | None = None,
    time_scale: float = 1.0,
    sample: float = 1.0,
    workers: int = 1,
    cluster: str | Executor | None = None,
    lean: bool = False,
    records: Named | None = None,
    folder: Named | None = None,
    resume: bool = False,
) -> Results:
    """The same, to hold the scenarios' objectives against it: they are in `Results.file.objectives`."""
    contestants = _each(clients, _contestant)
    plan = Plan(
        _each(scenarios, _scenario),
        contestants,
        _numbers(seeds),
        backend or default_backend(source.value for source in contestants),
        time_scale,
        sample,
        workers,
        kind="objectives",
        is_lean=lean,
        records=None if records is None else Path(records),
    )
    return _play(plan, folder, resume, cluster)


def _play(plan: Plan, folder: Named | None, resume: bool, cluster: str | Executor | None) -> Results:
    if resume and folder is None:
        raise ValueError("resume: goes on from a folder, and there is none")
    plan.check()
    with ExitStack() as stack:
        executor, store = stack.enter_context(given(cluster)), None
        if folder is not None:
            Path(folder).mkdir(parents=True, exist_ok=True)
            store = stack.enter_context(Store(Path(folder) / FILE_NAME, is_new=not resume))
        results = run_plan(plan, store, executor=executor)
    if folder is not None:
        results.file.save(Path(folder) / RUN_FILE)
    return results


def _numbers(seeds: int | Iterable[int]) -> Sequence[int]:
    return range(1, seeds + 1) if isinstance(seeds, int) else list(seeds)


def _each(given: Iterable[Given], source_of: Callable[[Given], Source[Found]]) -> list[Source[Found]]:
    if isinstance(given, str | PathLike | BaseModel):
        raise ValueError(f"expected a list of scenarios or clients, got {given!r} alone; write [...] around it")
    return [source_of(each) for each in given]


def _scenario(given: Named | Scenario) -> Source[Scenario]:
    return Source(given, "", "") if isinstance(given, Scenario) else sources.scenario(fspath(given))


def _contestant(given: Named | Contestant) -> Source[Contestant]:
    if isinstance(given, Client | Fleet | Program | Command):
        return Source(given, "", "")
    return sources.contestant(fspath(given))


def tune(
    client: Named,
    scenarios: Iterable[Named | Scenario],
    *,
    open: Iterable[str] = (),
    goal: str = "par2",
    limits: Iterable[str] = (),
    weights: Mapping[str, float] | None = None,
    against: Named | Client | None = None,
    latencies: Named | Model | None = None,
    seeds: int = 16,
    batches: int = 12,
    seed: int = 1,
    sample: float = 1.0,
    workers: int = 1,
    cluster: str | Executor | None = None,
    folder: Named | None = None,
    resume: bool = False,
) -> Tuned:
    """The values that a client file leaves open, `{tune: 15s..180s}`, at which it holds best: `Tuned.client` has them,
    `Tuned.text` is the file with them in it, and `Tuned.tuning` says why: what they gain over `against` (not given:
    what is there today, `{tune: 15s..180s, now: 60s}`, or the middle of the ranges), how far each may be moved, the
    front of goodput and its price. `Tuned.results` compares both clients in the same scenarios, as `compare` does.

    `open`: what the file does not leave open and is searched, too, `timeouts.read` or `retry.retries=1..8`. `goal`: a
    metric, to be as small or as large as is better. `limits`: objectives that have to be kept. `latencies`: a
    log of your calls, or what `latencies` says of it: the service is then as fast as that. `seeds`: how many runs the
    best is judged by; `batches`: how many times eight candidates are tried at the most. `seed`: of the search.
    `folder`: where `client.yaml` and `run.json` are written, and every run is kept, to go on from there with `resume`.
    With more than one of `workers` a script needs its `if __name__ == "__main__":`. `cluster`: as for `compare`.

    Raises `ImportError` without Optuna (`brownout[tune]`), `ValueError` for goals that make no sense, and as `scenario`
    does for files.
    """
    from brownout.harness.tuning.goal import Goal
    from brownout.harness.tuning.opening import opened
    from brownout.harness.tuning.tune import save
    from brownout.harness.tuning.tune import tune as search

    if resume and folder is None:
        raise ValueError("resume: goes on from a folder, and there is none")
    with given(cluster) as executor:
        found = search(
            opened(sources.client_document(fspath(client)), open),
            _as_logged(_each(scenarios, _scenario), latencies),
            Goal.parse(goal, limits, weights),
            against=None if against is None else _client(against),
            seeds=seeds,
            batches=batches,
            seed=seed,
            sample=sample,
            workers=workers,
            folder=None if folder is None else Path(folder),
            resume=resume,
            executor=executor,
        )
    if folder is not None:
        save(found, Path(folder))
    return found


def _client(given: Named | Client) -> Source[Client]:
    return Source(given, "", "") if isinstance(given, Client) else sources.client(fspath(given))


def _configuration(given: Named | Client | Fleet) -> Source[Contestant]:
    if isinstance(given, Client | Fleet):
        return Source(given, "", "")
    return sources.configuration(fspath(given))


def latencies(path: Named, columns: Mapping[str, str] | None = None) -> Model:
    """What a log of your calls says of the service: `read_timeout(max_tokens)` is how long an answer takes, with its
    interval, `hanging` the share that never ends, `by_length`, `first_token` and `token_gap` are the fits.

    `path`: a table with a row a call (.csv, .jsonl, .parquet), or OpenTelemetry's (.json, .jsonl); docs/tune.md has the
    names, beside which `columns` gives others, `{"latency": "total_ms", "outcome": "state"}`. Raises
    `harness.latencies.log.LogError`, a `ValueError`, for what is no log, `ValueError` for too few calls, and `OSError`.
    """
    from brownout.harness.latencies.log import read
    from brownout.harness.latencies.model import model

    return model(read(Path(path), columns or {}))


def _as_logged(scenarios: list[Source[Scenario]], given: Named | Model | None) -> list[Source[Scenario]]:
    if given is None:
        return scenarios
    from brownout.harness.latencies.applied import as_logged

    return as_logged(scenarios, latencies(given) if isinstance(given, str | PathLike) else given)


def stability(
    scenarios: Iterable[Named | Scenario],
    clients: Iterable[Named | Client | Fleet],
    *,
    by: Iterable[str] = ("trouble",),
    seeds: int = 8,
    sample: float = 1.0,
    workers: int = 1,
) -> Results:
    """Up to which load the service comes back after each incident, with each client: `Results.file.stability` has it,
    with maps by load and by what `by` says, the length of the trouble or values of the clients' files
    (`retry.retries=0,1,2,4`); the rest is a comparison under the scenarios' own load.

    Raises `ValueError` for a scenario in which nothing can be seen and for values that cannot be changed, and as
    `compare` does.
    """
    from brownout.harness.stability.study import study

    named = _each(clients, _configuration)
    documents = [sources.client_document(each.named) if each.named else None for each in named]
    plan = Plan(_each(scenarios, _scenario), named, range(1, seeds + 1), sample=sample, workers=workers)
    return study(plan, documents, list(by))


def alerts(
    rules: Iterable[Named],
    scenarios: Iterable[Named | Scenario],
    client: Named | Client = "guide-stacked",
    *,
    false_alarms: float = 1.0,
    seeds: int = 3,
    workers: int = 1,
) -> AlertsFile:
    """How soon each alert rule calls somebody in each scenario, how often for nothing, and which of them to have for so
    many false alarms in 30 days. Rules are those that are shipped, or files.

    Raises `harness.sources.UnknownName` and `harness.files.FileError`.
    """
    from brownout.harness.alerts.sources import rule
    from brownout.harness.alerts.study import Request, study
    from brownout.harness.tuning.playing import processes

    asked = Request(
        [rule(fspath(each)).value for each in rules],
        [each.value for each in _each(scenarios, _scenario)],
        _client(client).value,
        range(1, seeds + 1),
        false_alarms,
    )
    with processes(workers) as executor:
        return study(asked, executor=executor)


def load(folder: Named) -> Results:
    """What `run`, `compare` or the command line wrote into a folder. Raises `harness.results.RunFileError` or
    `harness.store.StoreError`."""
    return load_results(Path(folder))


def changes(results: Results, baseline: Named | Results, rules: Sequence[str] = DEFAULTS) -> list[Change]:
    """What has become worse since a baseline, the worst first: each rule for every client in every scenario that both
    have. `baseline`: a file that `--baseline` or `results.file.save` wrote, or results. `rules`: lines such as
    `p95 worse 10%` or `goodput worse 2 points`.

    A gate would fail where an `outcome` is `worse`. Raises `harness.rules.RuleError`, `harness.results.RunFileError`,
    and `harness.baseline.Incomparable` for one of another backend, sample or time scale.
    """
    before = baseline.file if isinstance(baseline, Results) else load_file(Path(baseline))
    path = "" if isinstance(baseline, Results) else fspath(baseline)
    return baselines.against(results.file, before, path, parse_all(rules)).changes


def explain(scenario: Named | Scenario, client: Named | Contestant, call: str = "worst", *, seed: int = 1) -> str:
    """What one call went through, line by line: `12.3` is call 3 of client 12, both from 0; `worst` the one that fared
    worst. Raises `harness.explaining.NoSuchCall`."""
    who = _contestant(client).value
    seen = observe(Job(_scenario(scenario).value, who, seed, default_backend([who]), 1.0))
    found = find(seen, call)
    return "\n".join([title(seen, found), *(f"{line.at:10.3f}  {line.what}" for line in story(seen, found))])


def export(client: Named | Client, to: str, *, profile: str = "") -> str:
    """A client configuration as a program of your own, `to` "python" or "typescript": the SDK's options, and its layers
    as a short wrapper that needs nothing but the SDK. `profile`: for calls of that kind.

    Raises `harness.exporting.NotExportable` for what there is no code for, and as `client` does for files.
    """
    from brownout.harness.exporting import export

    if isinstance(client, Client):
        return export(client, to, profile=profile)
    return export(sources.client(fspath(client)).value, to, profile=profile, named=fspath(client))


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

    incident = None if scenario is None else _scenario(scenario).value
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


def virtual(
    scenario: Named | Scenario | None = None,
    *,
    seed: int = 1,
    hosts: Sequence[str] = (PRODUCTION,),
    limit: str = "24h",
) -> AbstractContextManager[Service]:
    """Virtual time for a `with` statement: your own code, with whatever clients of `anthropic`, `httpx` or `httpx2` it
    makes, meets the scenario at `hosts`, and its waiting takes no time. Without a scenario nothing goes wrong until you
    script it. Threads, executors and event loops that are started inside live in it too. No API key is needed. Nothing
    else can be reached: `fakes.virtual.errors.NotRouted`. Who waits for ever, or still when `limit` is over, is ended:
    `harness.testing.checked.NeverEnds`.

    Yields the `harness.testing.service.Service`, which tells what was asked for and takes faults; one that is scripted
    and does not take effect raises `harness.testing.checked.ProvesNothing` in the end. Raises `RuntimeError` inside
    another and inside an event loop that runs, `ValueError` for arguments, and as `scenario` does for files.
    """
    if isinstance(hosts, str):
        raise ValueError(f"hosts: expected a list of names, got {hosts!r} alone; write [...] around it")
    _check_seed(seed)
    from brownout.harness.testing.checked import checked
    from brownout.harness.testing.virtual import virtual

    return checked(virtual(_incident(scenario), seed, hosts, parse_duration(limit)))


def wire(scenario: Named | Scenario | None = None, *, seed: int = 1) -> AbstractContextManager[Service]:
    """The same in real time over real sockets: a server on a loopback port, in a thread of its own, for programs that
    cannot live in virtual time. The environment leads the SDK's clients there that are made inside; others find it at
    the service's `url`. Nothing beyond this machine can be reached."""
    _check_seed(seed)
    from brownout.harness.testing.checked import checked
    from brownout.harness.testing.wire import wire

    return checked(wire(_incident(scenario), seed))


def _incident(given: Named | Scenario | None) -> Scenario:
    if given is None:
        from brownout.harness.testing.quick import QUICK

        return QUICK
    return _scenario(given).value


def _check_seed(seed: int) -> None:
    if type(seed) is not int or seed < 0:
        raise ValueError(f"seed: expected a whole number from 0, got {seed!r}")
