"""A dashboard for Grafana, as the JSON that its import takes: what resilient clients do, the level of every rule, and
who is called."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import count
from typing import Any

from ..file import RuleFile
from ..promql import PREFIX
from .panels import Panel, Target, panels
from .rules import query

UID, VERSION = "brownout-clients", 39
"""The version is that of the dashboard's schema: Grafana 10.4 and newer."""
SOURCE = {"type": "prometheus", "uid": "${datasource}"}
_WIDE, _HIGH = 24, 8
"""Of Grafana's grid: its columns, and the height of a chart."""
_STATES = {"0": ("closed", "green"), "1": ("half-open", "yellow"), "2": ("open", "red")}


def dashboard(files: Sequence[RuleFile]) -> str:
    """The text of the file."""
    rows = panels() | ({"Alert rules": [_levels(files)]} if files else {})
    told = [*_laid_out(rows, files)]
    return (
        json.dumps(
            {
                "uid": UID,
                "title": "Brownout: resilient clients",
                "tags": ["brownout"],
                "schemaVersion": VERSION,
                "editable": True,
                "refresh": "30s",
                "time": {"from": "now-6h", "to": "now"},
                "templating": {"list": [_source(), _variable("client"), _variable("model")]},
                "panels": told,
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
    )


def _levels(files: Sequence[RuleFile]) -> Panel:
    found = ((file.name, query(file)) for file in files)
    targets = (Target(each.level, f"{name}, {{{{cause}}}}" if each.tells_cause else name) for name, each in found)
    return Panel("Levels of rules", "In units of each rule's limit: above 1 it fires.", tuple(targets), limit=1.0)


def _laid_out(rows: dict[str, list[Panel]], files: Sequence[RuleFile]) -> Iterator[dict[str, Any]]:
    numbers, top = count(1), 0
    for title, found in rows.items():
        yield {"id": next(numbers), "type": "row", "title": title, "gridPos": _place(0, top, _WIDE, 1), "panels": []}
        shown = [_chart(panel) for panel in found] + ([_alerts(files)] if found[0].limit else [])
        width = _WIDE // len(shown)
        for column, panel in enumerate(shown):
            yield {"id": next(numbers), "gridPos": _place(column * width, top + 1, width, _HIGH), **panel}
        top += 1 + _HIGH


def _place(left: int, top: int, width: int, height: int) -> dict[str, int]:
    return {"x": left, "y": top, "w": width, "h": height}


def _chart(panel: Panel) -> dict[str, Any]:
    defaults: dict[str, Any] = {"unit": panel.unit, "min": 0}
    if panel.kind == "state-timeline":
        states = {value: {"text": text, "color": color} for value, (text, color) in _STATES.items()}
        defaults["mappings"] = [{"type": "value", "options": states}]
    if panel.limit is not None:
        steps = [{"value": None, "color": "green"}, {"value": panel.limit, "color": "red"}]
        defaults |= {
            "thresholds": {"mode": "absolute", "steps": steps},
            "custom": {"thresholdsStyle": {"mode": "line"}},
        }
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.about,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": {"legend": {"displayMode": "list", "placement": "bottom", "showLegend": True}},
        "targets": [
            {"refId": f"Q{number}", "datasource": SOURCE, "expr": target.expr, "legendFormat": target.legend}
            for number, target in enumerate(panel.targets, 1)
        ],
    }


def _alerts(files: Sequence[RuleFile]) -> dict[str, Any]:
    """Of these rules alone: names have nothing that is anything in a regular expression."""
    return {
        "type": "alertlist",
        "title": "Who is called",
        "options": {
            "alertInstanceLabelFilter": f'{{rule=~"{"|".join(file.name for file in files)}"}}',
            "datasource": "${datasource}",
            "groupMode": "default",
            "stateFilter": {"firing": True, "pending": True, "noData": False, "normal": False, "error": True},
            "viewMode": "list",
            "maxItems": 50,
        },
    }


def _source() -> dict[str, Any]:
    return {"name": "datasource", "label": "Prometheus", "type": "datasource", "query": "prometheus", "current": {}}


def _variable(label: str) -> dict[str, Any]:
    """A choice among the values of a label; all of them are also those that have none."""
    return {
        "name": label,
        "type": "query",
        "datasource": SOURCE,
        "query": {"query": f"label_values({PREFIX}calls_total, {label})", "refId": label},
        "refresh": 2,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"text": "All", "value": "$__all"},
    }
