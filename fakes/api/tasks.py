"""The requests of a batch that is to be created, checked as the service checks them: all but their parameters, of which
it tells only in their results.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from .messages import invalid

MOST_REQUESTS = 100_000
_LONGEST_ID = 64
_CUSTOM_ID = re.compile(r"[a-zA-Z0-9_-]+")


class Task(NamedTuple):
    """A request of a batch."""

    custom_id: str
    params: Mapping[str, Any]


def tasks_of(body: Mapping[str, Any]) -> tuple[Task, ...]:
    """The requests. Raises `Rejected`."""
    requests = body.get("requests")
    if not isinstance(requests, list):
        raise invalid("requests: Input should be a valid list" if "requests" in body else "requests: Field required")
    if not 1 <= len(requests) <= MOST_REQUESTS:
        raise invalid(f"requests: must have between 1 and {MOST_REQUESTS:,} items, not {len(requests):,}")
    tasks = tuple(_task(f"requests.{k}", request) for k, request in enumerate(requests))
    if len({task.custom_id for task in tasks}) < len(tasks):
        raise invalid("requests: custom_id must be unique within a batch")
    return tasks


def _task(where: str, request: Any) -> Task:
    if not isinstance(request, dict):
        raise invalid(f"{where}: Input should be an object")
    for name, kind in (("custom_id", str), ("params", dict)):
        if name not in request:
            raise invalid(f"{where}.{name}: Field required")
        if not isinstance(request[name], kind):
            raise invalid(f"{where}.{name}: Input should be {'a valid string' if kind is str else 'an object'}")
    custom_id = request["custom_id"]
    if len(custom_id) > _LONGEST_ID:
        raise invalid(f"{where}.custom_id: String should have at most {_LONGEST_ID} characters")
    if not _CUSTOM_ID.fullmatch(custom_id):
        raise invalid(f"{where}.custom_id: String should match pattern '^[a-zA-Z0-9_-]{{1,{_LONGEST_ID}}}$'")
    return Task(custom_id, request["params"])
