"""The dashboard is what Grafana imports, and every expression in it has the values that it promises."""

from __future__ import annotations

import json
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from brownout.harness.alerts.exporting import dashboard
from brownout.harness.alerts.exporting.panels import Target, panels
from brownout.harness.alerts.exporting.text import as_yaml
from brownout.harness.alerts.promql import PREFIX
from brownout.harness.alerts.sources import rule
from brownout.scenarios import alerts

from ....prometheus import checked

SHIPPED = [rule(name).value for name in alerts()]
GROWS = {
    **{"calls_total": 100, "failed_calls_total": 10, "timed_out_calls_total": 5, "retried_calls_total": 20},
    **{"rescued_calls_total": 15, "attempts_total": 130, "prompt_tokens_total": 18_000, "answer_tokens_total": 9000},
    **{"call_seconds_sum": 180, "call_seconds_count": 90, "wasted_dollars_total": 0.5, "timeouts_total": 4},
    **{"breaker_transitions_total": 1, "call_seconds_bucket": 0, "first_text_seconds_bucket": 0, "breaker_state": 0},
}
"""By how much in a minute, for each set of labels: two clients, two models."""
LABELS = {
    "timeouts_total": {"phase": ("read", "gap")},
    "breaker_transitions_total": {"from": ("closed",), "to": ("open",)},
    "call_seconds_bucket": {"le": ("1.0", "2.0", "+Inf")},
    "first_text_seconds_bucket": {"le": ("1.0", "2.0", "+Inf")},
}
BUCKETS = {"1.0": 0, "2.0": 90, "+Inf": 90}
VALUES = {
    "Failures, timeouts, retries": (0.1, 0.05, 0.2),
    "Timeouts by phase": (0.04,),
    "Amplification": (1.3,),
    "Retries that helped": (0.75,),
    "State": (0.0,),
    "Transitions": (5 * 2 * 2.0,),
    "Waste": (2 * 0.5 * 60,),
    "Tokens of a call": (200.0, 100.0),
    "Time for each token": (0.02,),
    "Time to the answer": (1.5, 1.95, 1.99),
    "Time to the first text": (1.5, 1.95, 1.99),
}
SERIES = {"model": 2, "phase": 2, "client": 2}
"""How many series a label in a legend makes."""
TARGETS = [
    (panel.title, target, value)
    for row in panels().values()
    for panel in row
    for target, value in zip(panel.targets, VALUES[panel.title], strict=True)
]


def told() -> Any:
    return json.loads(dashboard(SHIPPED))


def test_every_expression_has_the_values_that_it_promises(tmp_path: Path) -> None:
    """Of two models and two clients, all of them chosen."""
    expressions = [_plain(target.expr) for _, target, _ in TARGETS]
    rules = [{"record": f"shown:{number}", "expr": expr} for number, expr in enumerate(expressions)]
    asked = [
        {"expr": f"count(abs(shown:{number} - {value}) < 1e-9)", "eval_time": "20m", "exp_samples": [_sample(target)]}
        for number, (_, target, value) in enumerate(TARGETS)
    ]
    test = {"interval": "1m", "input_series": [*_series()], "promql_expr_test": asked}
    tests = as_yaml({"rule_files": ["rules.yml"], "evaluation_interval": "1m", "tests": [test]})
    done = checked(tmp_path, as_yaml({"groups": [{"name": "shown", "rules": rules}]}), {"test.yml": tests})
    assert done.returncode == 0, done.stdout + done.stderr


def _plain(expr: str) -> str:
    """With what Grafana puts for its variables."""
    return expr.replace("$__rate_interval", "5m").replace("$client", ".*").replace("$model", ".*")


def _sample(target: Target) -> dict[str, Any]:
    count = 1
    for label in re.findall(r"{{(\w+)}}", target.legend):
        count *= SERIES.get(label, 1)
    return {"labels": "{}", "value": count}


def _series() -> Any:
    for name, grows in GROWS.items():
        labels = {"client": ("a", "b"), "model": ("small", "large")} | LABELS.get(name, {})
        for values in product(*labels.values()):
            chosen = dict(zip(labels, values, strict=True))
            by = BUCKETS[chosen["le"]] if "le" in chosen else grows
            inside = ",".join(f'{label}="{value}"' for label, value in chosen.items())
            yield {"series": f"{PREFIX}{name}{{{inside}}}", "values": f"0+{by}x20"}


def test_it_can_be_imported() -> None:
    """What Grafana asks of a file: a schema, ids of its own, a source of data that is chosen, panels that do not
    overlap."""
    found = told()
    assert found["schemaVersion"] >= 36
    assert {each["name"] for each in found["templating"]["list"]} == {"datasource", "client", "model"}
    ids = [panel["id"] for panel in found["panels"]]
    assert len(ids) == len(set(ids))
    for panel in found["panels"]:
        if panel["type"] in ("timeseries", "state-timeline"):
            assert all(each["datasource"]["uid"] == "${datasource}" for each in (panel, *panel["targets"]))
    cells = [cell for panel in found["panels"] for cell in _cells(panel["gridPos"])]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) == 23


def _cells(place: dict[str, int]) -> Any:
    return product(range(place["x"], place["x"] + place["w"]), range(place["y"], place["y"] + place["h"]))


def test_every_rule_has_its_level_and_its_alerts() -> None:
    [levels] = [panel for panel in told()["panels"] if panel["title"] == "Levels of rules"]
    assert [each["legendFormat"].partition(",")[0] for each in levels["targets"]] == [*alerts()]
    assert levels["targets"][1]["expr"] == "last_over_time(brownout:drift:level[12h])"
    [listed] = [panel for panel in told()["panels"] if panel["type"] == "alertlist"]
    assert listed["options"]["alertInstanceLabelFilter"] == f'{{rule=~"{"|".join(alerts())}"}}'


@pytest.mark.parametrize("title", VALUES)
def test_every_chart_is_of_something(title: str) -> None:
    [panel] = [panel for panel in told()["panels"] if panel.get("title") == title]
    assert panel["description"]
    assert panel["targets"]
