"""`run.json`: the one truth of a run, from which every report is derived. Its schema is published and versioned."""

from .file import SCHEMA_VERSION, Backend, RunFile, RunFileError, load, schema
from .found import Layer, MemberRow, Pair, Row, Standing, Verdict
from .gated import Baseline, Change, Gate, Reason
from .played import Cell, FaultCount, PlayedClient, PlayedMember, PlayedScenario

__all__ = [
    "SCHEMA_VERSION",
    "Backend",
    "Baseline",
    "Cell",
    "Change",
    "FaultCount",
    "Gate",
    "Layer",
    "MemberRow",
    "Pair",
    "PlayedClient",
    "PlayedMember",
    "PlayedScenario",
    "Reason",
    "Row",
    "RunFile",
    "RunFileError",
    "Standing",
    "Verdict",
    "load",
    "schema",
]
