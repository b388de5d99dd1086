"""`run.json` without what is only drawn: to keep, to send, to compare the next run with."""

from __future__ import annotations

from ..report import Report

FILE_NAME = "report.json"


def render(report: Report) -> str:
    """All that `run.json` says but courses, distributions and calls shown in full. Single runs stay: a later run is
    compared with them. It is read like any `run.json`."""
    return report.run.slim().model_dump_json(indent=1) + "\n"
