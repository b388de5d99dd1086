"""A Prometheus scrapes `brownout serve`, and a resilient client that asks it: it has the journal's very counts, and the
monitor's, and nothing against any of the rules that are shipped."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import anthropic
import httpx2
import pytest

import brownout
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


def ask(client: anthropic.Anthropic) -> int:
    """Calls of a resilient client, one of them refused at first; how many."""
    for _ in range(5):
        client.messages.create(model="small", max_tokens=50, messages=[{"role": "user", "content": "Hello"}])
    return 5


def test_prometheus_has_what_a_resilient_client_has_told_its_monitor(tmp_path: Path) -> None:
    """The same of both sides: what the client has sent is what the service has seen."""
    needed("prometheus")
    (tmp_path / "quick.yaml").write_text(FILE, encoding="utf-8")
    with Served(tmp_path, "quick.yaml", "--time-scale", "20") as served, brownout.Monitor(models=["small"]) as monitor:
        bare = anthropic.Anthropic(api_key="none", base_url=served.url)
        client = brownout.resilient(bare, "budgeted", hooks=[monitor])
        targets = {
            "service": f"{served.control_url}/metrics",
            "client": f"http://{monitor.serve('127.0.0.1:0')}/metrics",
        }
        with Prometheus(tmp_path, targets) as prometheus:
            prometheus.until(lambda: {*prometheus.query("up").values()}, lambda found: found == {1.0})
            refusal = {"fault": {"kind": "overload"}, "times": 1}
            httpx2.post(f"{served.control_url}/faults", json=refusal, trust_env=False).raise_for_status()
            calls = ask(client)

            def of_client(series: str) -> float:
                return sum(prometheus.query(f"sum(brownout_client_{series})").values())

            prometheus.until(lambda: of_client("calls_total"), lambda found: found == calls)
            prometheus.until(lambda: total(prometheus, "requests_total"), lambda found: found == calls + 1)
            said = monitor.snapshot().window("1h").overall
            assert (said.calls, said.failure_rate, said.retry_success_rate) == (calls, 0.0, 1.0)
            assert of_client("attempts_total") == calls + 1
            assert (of_client("retried_calls_total"), of_client("rescued_calls_total")) == (1.0, 1.0)
            assert of_client("failed_calls_total") == 0.0
            assert of_client("call_seconds_count") == calls
            assert of_client("answer_tokens_total") == total(prometheus, 'tokens_total{kind="output"}')


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
