"""Runs cells over processes, a cluster, or whatever else is a `concurrent.futures.Executor`: in an order that does not
matter, and each is handed over as soon as it is finished."""

from __future__ import annotations

from .died import ClusterError, WorkersDied
from .guarded import given
from .processes import Processes
from .running import observe, run

__all__ = ["ClusterError", "Processes", "WorkersDied", "given", "observe", "run"]
