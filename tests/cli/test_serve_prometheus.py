"""A Prometheus scrapes `brownout serve` and loads the rules that are shipped: it has the journal's very counts, and
nothing against any rule."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest

from brownout.harness.alerts.exporting import rules
from brownout.harness.alerts.exporting.rules import groups
from brownout.harness.alerts.sources import rule
from brownout.scenarios import alerts

from ..harness.serving.hosting import ASK, FILE
from ..patience import PATIENCE
from ..prometheus import Prometheus, needed
from .served import Served

pytestmark = pytest.mark.slow

SHIPPED = [rule(name).value for name in alerts()]
REQUESTS = 40


def load(url: str, control: str) -> list[dict[str, Any]]:
    """Requests for two models, some of them refused and one broken off; the journal of them."""
    with httpx2.Client(timeout=PATIENCE, headers={"x-api-key": "k"}, trust_env=False) as client:
        for fault, times in ({"kind": "overload"}, 7), ({"kind": "truncate"}, 1):
            client.post(f"{control}/faults", json={"fault": fault, "times": times}).raise_for_status()
        for number in range(REQUESTS):
            body = ASK | {"model": ("small", "large")[number % 2], "stream": number % 3 == 0}
            client.post(f"{url}/v1/messages", json=body)
        records: list[dict[str, Any]] = client.get(f"{control}/journal").json()["records"]
        return records


def test_prometheus_has_what_the_journal_has_and_nothing_against_the_rules(tmp_path: Path) -> None:
    needed("prometheus")
    (tmp_path / "quick.yaml").write_text(FILE, encoding="utf-8")
    with Served(tmp_path, "quick.yaml", "--time-scale", "20") as served:
        targets = {"service": f"{served.control_url}/metrics"}
        with Prometheus(tmp_path, targets, rules(SHIPPED)) as prometheus:
            prometheus.until(lambda: {*prometheus.query("up").values()}, lambda found: found == {1.0})
            records = load(served.url, served.control_url)
            assert len(records) == REQUESTS
            prometheus.until(lambda: total(prometheus, "requests_total"), lambda found: found == REQUESTS)
            by_kind = prometheus.query("sum by (status, fault) (brownout_service_requests_total)")
            assert by_kind == Counter(
                frozenset({"status": str(each["status"] or "none"), "fault": fault_of(each)}.items())
                for each in records
            )
            whole = [each for each in records if each["complete"] and each["status"] == 200]
            assert total(prometheus, "answer_seconds_count") == len(whole) == REQUESTS - 8
            took = sum(each["ended"] - each["arrived"] for each in whole)
            assert total(prometheus, "answer_seconds_sum") == pytest.approx(took)
            assert total(prometheus, 'tokens_total{kind="output"}') == sum(
                each["output_tokens"] if each["complete"] else each["sent_tokens"]
                for each in records
                if each["status"] == 200
            )
            assert set(prometheus.query("up").values()) == {1.0}
            loaded = prometheus.until(prometheus.groups, lambda found: all(map(is_evaluated, found.values())))
            assert {*loaded} == {group["name"] for group in groups(SHIPPED)}
            assert [each for found in loaded.values() for each in found if each.get("lastError")] == []


def total(prometheus: Prometheus, series: str) -> float:
    return sum(prometheus.query(f"sum(brownout_service_{series})").values())


def fault_of(record: dict[str, Any]) -> str:
    return str(record["fault"]).split(": ")[1] if record["fired"] else "none"


def is_evaluated(found: list[dict[str, Any]]) -> bool:
    assert [each for each in found if each["health"] == "err"] == []
    return all(each["health"] == "ok" for each in found)
