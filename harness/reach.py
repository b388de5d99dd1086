"""Whether a fault can hit anything at all, as far as the file alone tells: what cannot fire would test nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from brownout.fakes.faults import Fault

from .workload import Calls


def out_of_reach(
    faults: Sequence[Fault], kinds: Sequence[Calls], clients: int, limit: int | None
) -> Iterator[tuple[int, str]]:
    """The faults of one phase that can never fire, by their place in it, and why."""
    shadow = None
    for i, fault in enumerate(faults):
        if shadow is not None and not fault.on_connect:
            yield i, f"never reached: the {shadow} before it hits every request"
        elif why := _why_not(fault, kinds, clients, limit):
            yield i, why
        elif _hits_everything(fault, kinds):
            shadow = fault.kind


def _why_not(fault: Fault, kinds: Sequence[Calls], clients: int, limit: int | None) -> str:
    """An empty text if it can fire."""
    where = fault.where
    streams, plain = any(kind.stream > 0.0 for kind in kinds), any(kind.stream < 1.0 for kind in kinds)
    wants = where.stream if where is not None else None
    if fault.streams_only and (wants is False or not streams):
        why = "this one is for plain calls" if wants is False else "no call of this workload streams"
        return f"{fault.kind} is for streams, and {why}"
    if fault.plain_only and (wants is True or not plain):
        why = "this one is for streams" if wants is True else "every call of this workload streams"
        return f"{fault.kind} is for plain calls, and {why}"
    if (wants is True and not streams) or (wants is False and not plain):
        return f"no call of this workload {'streams' if wants else 'is plain'}"
    if where is not None and where.clients is not None and min(where.clients) >= clients:
        return f"there are clients 0 to {clients - 1} only"
    if where is not None and where.calls is not None and limit is not None and min(where.calls) >= limit:
        return f"there are calls 0 to {limit - 1} of each client only"
    return ""


def _hits_everything(fault: Fault, kinds: Sequence[Calls]) -> bool:
    """The first fault that hits a request is the one it gets."""
    reaches_all = all(
        (not fault.streams_only or kind.stream >= 1.0) and (not fault.plain_only or kind.stream <= 0.0)
        for kind in kinds
    )
    return fault.share >= 1.0 and fault.where is None and reaches_all and not fault.on_connect
