"""How many files the process may have open, each connection being one."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from ..http.bounds import FEW_FILES

_resource: Any = import_module("resource") if find_spec("resource") else None
"""None on Windows, whose sockets are no files."""


def raise_limit() -> None:
    """As many as whoever runs the process may have without being asked."""
    if _resource is None:
        return
    soft, hard = _resource.getrlimit(_resource.RLIMIT_NOFILE)
    if soft != hard:
        try:
            _resource.setrlimit(_resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):  # macOS says that there is no limit, and has one
            return


def room(wanted: int) -> int:
    """So many connections, or as many as there can be with a few files left for everything else; one at least."""
    if _resource is None:
        return wanted
    soft, _ = _resource.getrlimit(_resource.RLIMIT_NOFILE)
    return wanted if soft == _resource.RLIM_INFINITY else max(1, min(wanted, soft - FEW_FILES))
