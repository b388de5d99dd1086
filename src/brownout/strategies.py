"""Hypothesis strategies: faults, phases, timelines and whole incidents, for tests that are to hold in any of them.

    @given(incidents())
    def test_my_client(incident):
        with brownout.virtual(incident) as service:
            ...

What fails shrinks towards the smallest incident that still does: one phase with one fault, of the simplest kind, that
hits every request, for the shortest time. It is printed as the Python code that makes it again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

try:
    from hypothesis import reject
    from hypothesis import strategies as st
except ModuleNotFoundError as error:
    if error.name != "hypothesis":
        raise
    raise ImportError("brownout.strategies needs Hypothesis: pip install 'brownout[test]'") from None

from brownout.fakes.faults import FAULTS, Fault, Where
from brownout.fakes.timeline import Phase
from brownout.faults import phase
from brownout.harness.files.suggest import did_you_mean, quoted
from brownout.harness.reach import out_of_reach
from brownout.harness.testing.drawing import DURATIONS, mapping
from brownout.harness.testing.incidents import WORKLOAD, Incident, as_yaml, incident

T = TypeVar("T")

__all__ = ["as_yaml", "faults", "incident", "incidents", "phases", "timelines"]

_SIMPLEST = (
    *("overload", "rate_limit"),  # what says that it has failed,
    *("refuse", "reset"),  # what closes,
    *("no_answer", "blackhole", "stall"),  # what is silent,
    *("stream_error", "truncate"),  # and what has looked like an answer
)
_HITS: tuple[Any, ...] = ((), (), (), "in_flight", "idle", ("in_flight", "idle"))


def faults(*, kinds: Iterable[str] | None = None, streams: bool | None = None) -> st.SearchStrategy[Fault]:
    """Faults of these kinds; not given: of every kind but `noop`, with which nothing goes wrong.

    `streams`: whether the program under test asks for streams. If it never does, nothing is drawn that streams alone
    can meet. Shrinks to a fault of which only the kind is given, and that to `overload()`. Raises `ValueError`.
    """
    return st.one_of([_fault(kind, streams) for kind in _chosen(kinds, streams)])


def phases(
    *, kinds: Iterable[str] | None = None, streams: bool | None = None, min_faults: int = 0, max_faults: int = 2
) -> st.SearchStrategy[Phase]:
    """Stretches of 100 ms to ten minutes with so many faults of `faults`. Of several that hit every request one is
    kept, as the others would be out of reach.

    Shrinks to fewer faults, simpler ones, and a shorter time, in this order. Raises `ValueError`.
    """
    if not 0 <= min_faults <= max_faults:
        raise ValueError(f"expected 0 <= min_faults <= max_faults, got {min_faults} and {max_faults}")
    return _phases(st.lists(faults(kinds=kinds, streams=streams), min_size=min_faults, max_size=max_faults))


def timelines(
    *, kinds: Iterable[str] | None = None, streams: bool | None = None, max_phases: int = 4, max_faults: int = 2
) -> st.SearchStrategy[tuple[Phase, ...]]:
    """One phase of `phases` or more; there are faults in the last one, at least. For `Service.phases(*timeline)`.

    Shrinks to a single phase with a single fault. Raises `ValueError`.
    """
    if max_phases < 1 or max_faults < 1:
        raise ValueError(f"expected at least one phase and one fault, got {max_phases} and {max_faults}")
    chosen = _chosen(kinds, streams)
    before = phases(kinds=chosen, streams=streams, max_faults=max_faults)
    last = phases(kinds=chosen, streams=streams, min_faults=1, max_faults=max_faults)
    return _timelines(st.lists(before, max_size=max_phases - 1), last)


def incidents(
    *,
    kinds: Iterable[str] | None = None,
    streams: bool | None = None,
    max_phases: int = 4,
    max_faults: int = 2,
    recovers: bool = True,
) -> st.SearchStrategy[Incident]:
    """Scenarios for `brownout.virtual`: the phases of `timelines`, at a service that answers within half a second.

    `recovers`: whether all is calm in the end, so that a program that tries for long enough is answered; else the last
    phase, and what is wrong in it, lasts. Shrinks to `incident(phase('100ms', overload()))`. Raises `ValueError`.
    """
    drawn = timelines(kinds=kinds, streams=streams, max_phases=max_phases, max_faults=max_faults)
    return _incidents(drawn, recovers)


def _chosen(kinds: Iterable[str] | None, streams: bool | None) -> list[str]:
    """Simpler ones first."""
    names = FAULTS.keys() - {"noop"} if kinds is None else {kinds} if isinstance(kinds, str) else set(kinds)
    if unknown := names - FAULTS.keys():
        raise ValueError(f"kinds: unknown fault {quoted(min(unknown))}{did_you_mean(min(unknown), FAULTS)}")
    wrong = "streams_only" if streams is False else "plain_only" if streams is True else None
    found = [name for name in names if wrong is None or not getattr(FAULTS[name], wrong)]
    if not found:
        raise ValueError("kinds: expected at least one" + (" that not only streams can meet" if names else ""))
    return sorted(found, key=lambda name: (_SIMPLEST.index(name) if name in _SIMPLEST else len(_SIMPLEST), name))


# What is drawn earlier is what shrinking cares for more: faults come before the length of their phase.


@st.composite
def _incidents(draw: st.DrawFn, drawn: st.SearchStrategy[tuple[Phase, ...]], recovers: bool) -> Incident:
    return incident(*draw(drawn), recovers=recovers)


@st.composite
def _timelines(draw: st.DrawFn, before: st.SearchStrategy[list[Phase]], last: st.SearchStrategy[Phase]) -> Any:
    return (*draw(before), draw(last))


@st.composite
def _phases(draw: st.DrawFn, several: st.SearchStrategy[list[Fault]]) -> Phase:
    given = sorted(draw(several), key=lambda fault: fault.share >= 1.0 and fault.where is None)
    idle = {i for i, _ in out_of_reach(given, WORKLOAD.kinds, WORKLOAD.clients, None)}
    kept = [fault for i, fault in enumerate(given) if i not in idle]
    length, hits = draw(st.sampled_from(DURATIONS)), draw(st.sampled_from(_HITS)) if kept else ()
    return _shown(draw, phase, length, *kept, **({"hits": hits} if hits else {}))


def _fault(kind: str, streams: bool | None) -> st.SearchStrategy[Fault]:
    fault = FAULTS[kind]
    knows_stream = streams is not None or fault.streams_only or fault.plain_only or fault.on_upload
    # Requests of a program that does not name itself are all those of one client.
    where = mapping(Where, without={"clients", "models", *(["stream"] if knows_stream else [])}, at_least=1)
    aliases = {field.alias for field in fault.model_fields.values()}

    def make(**given: Any) -> Fault:
        return fault.model_validate({name.removesuffix("_"): value for name, value in given.items()})

    make.__name__ = kind
    keys = mapping(fault, instead={Where: where})
    named = keys.map(lambda given: {f"{key}_" if key in aliases else key: given[key] for key in given})
    return _faults(make, lambda: named)  # as a function, for what Hypothesis prints of all strategies would be pages


@st.composite
def _faults(draw: st.DrawFn, make: Callable[..., Fault], keys: Callable[[], st.SearchStrategy[Any]]) -> Fault:
    given = draw(keys())
    if "per" in given and "share" not in given:
        del given["per"]  # what hits every request draws nothing
    try:
        return _shown(draw, make, **given)
    except ValueError:  # keys that do not go together
        reject()


def _shown(draw: st.DrawFn, make: Callable[..., T], *args: Any, **given: Any) -> T:
    """What it makes of them. Hypothesis shows what it has built as a call, and what it was given any other way not."""
    just = {name: st.just(value) for name, value in given.items()}
    return draw(st.builds(make, *map(st.just, args), **just))
