"""The results of a batch's requests, each as a line of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any, Literal, NamedTuple, TypeAlias

from ..plan import Error
from .messages import created, invalid
from .plain import Rejected
from .tasks import Task

Answer: TypeAlias = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""What `POST /v1/messages` would say, as a message or as the service's error. It may raise `Rejected` instead."""
KINDS = ("succeeded", "errored", "canceled", "expired")


class Outcomes(NamedTuple):
    """The results, and how many there are of a kind."""

    counts: Mapping[str, int]
    lines: bytes


def settle(
    batch_id: str, tasks: Iterable[Task], answered: int, others: Literal["canceled", "expired"], answer: Answer
) -> Outcomes:
    """The results, of which only the first so many are answers."""
    counts, lines = dict.fromkeys(KINDS, 0), []
    for position, task in enumerate(tasks):
        result = _ask(batch_id, task, answer) if position < answered else {"type": others}
        counts[result["type"]] += 1
        lines.append(json.dumps({"custom_id": task.custom_id, "result": result}, separators=(",", ":")) + "\n")
    return Outcomes(counts, "".join(lines).encode())


def _ask(batch_id: str, task: Task, answer: Answer) -> dict[str, Any]:
    try:
        if created(task.params).get("stream"):
            raise invalid("stream: Streaming is not supported in a batch")
        said = answer(task.params)
    except Rejected as rejected:
        return {"type": "errored", "error": _error(rejected.error)}
    if said["type"] == "error":
        return {"type": "errored", "error": {"request_id": None, **said}}
    # Whoever answers knows only the parameters, which two requests may share; no two messages share an id.
    digest = blake2b(f"{batch_id}/{task.custom_id}".encode(), digest_size=11).hexdigest()
    usage = {**said["usage"], "service_tier": "batch"}
    return {"type": "succeeded", "message": {**said, "id": f"msg_01{digest}", "usage": usage}}


def _error(error: Error) -> dict[str, Any]:
    details = {"details": dict(error.details)} if error.details else {}
    told = {"type": error.type, "message": error.message, **details}
    return {"type": "error", "error": told, "request_id": None}
