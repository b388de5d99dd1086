"""The Python API: what the command line does, as functions that return objects. Nothing here prints or exits."""

from brownout.harness.client import Client
from brownout.harness.fleet import Fleet
from brownout.harness.frames import Results
from brownout.harness.scenario import Scenario

from .comparing import compare, run
from .inspecting import changes, explain
from .loading import client, command, load, sampled_incident, scenario
from .studying import alerts, stability
from .testing import virtual, wire
from .tuning import latencies, tune
from .using import doctor, export, resilient

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
