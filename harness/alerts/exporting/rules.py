"""Rule files for Prometheus: of each rule what is recorded, and the alert."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ...monitoring.tick import STEP
from ..file import RuleFile
from ..promql import Query, Recording, duration
from .text import as_yaml, literally

HEADING = (
    "Made by Brownout from alert rules: change those, not this.\n"
    "Scrape at least every 15 s; keep as much as the longest range and its offset take."
)


def rules(files: Sequence[RuleFile]) -> str:
    """The text of a rule file; no two rules have the same name. For Prometheus 2.26 and newer."""
    return as_yaml({"groups": groups(files)}, HEADING)


def groups(files: Sequence[RuleFile]) -> list[dict[str, Any]]:
    """In the order in which they are to be evaluated."""
    return [group for file in files for group in _groups(file)]


def series(file: RuleFile) -> str:
    """What the names of a rule's series begin with: names of files have hyphens, those of series must not."""
    return f"brownout:{file.name.replace('-', '_')}"


def alert_name(file: RuleFile) -> str:
    """`BrownoutBurnRate`. Different names stay so: `a-1` is `BrownoutA_1`, and `a1` is `BrownoutA1`."""
    parts = file.name.split("-")
    return "Brownout" + "".join(part.capitalize() if part[:1].isalpha() else f"_{part}" for part in parts)


def query(file: RuleFile) -> Query:
    """The rule as Prometheus has it."""
    return file.rule.query(series(file))


def labels(file: RuleFile) -> dict[str, str]:
    """What an alert has beside its name, and whose it is where the rule can tell (`cause`)."""
    return {"severity": file.severity, "rule": file.name}


def said_of(file: RuleFile) -> dict[str, str]:
    """Templates, filled when the alert fires."""
    told = f'{file.name} is at {{{{ printf "%.2f" $value }}}} times its limit.'
    if query(file).tells_cause:
        told += " What has changed: {{ $labels.cause }}."
    return {"summary": literally(summary(file)), "description": told}


def summary(file: RuleFile) -> str:
    """What the rule is about, or at least its name."""
    return file.about or file.name


def _groups(file: RuleFile) -> Iterator[dict[str, Any]]:
    """One, or two where points are recorded seldom: whether somebody is called is asked every minute all the same, or
    an alert would be forgotten between two points and after a restart."""
    found, name = query(file), f"brownout:{file.name}"
    recorded = [_recording(each) for each in found.recordings]
    if found.every == STEP:
        yield {"name": name, "interval": duration(STEP), "rules": [*recorded, _alert(file, found)]}
        return
    yield {"name": f"{name}:points", "interval": duration(found.every), "rules": recorded}
    yield {"name": name, "interval": duration(STEP), "rules": [_alert(file, found)]}


def _recording(each: Recording) -> dict[str, Any]:
    said: dict[str, Any] = {"record": each.record, "expr": each.expr}
    return said | ({"labels": dict(each.labels)} if each.labels else {})


def _alert(file: RuleFile, found: Query) -> dict[str, Any]:
    said: dict[str, Any] = {"alert": alert_name(file), "expr": found.expr}
    said |= {"for": duration(file.hold)} if file.hold else {}
    return said | {"labels": labels(file), "annotations": said_of(file)}
