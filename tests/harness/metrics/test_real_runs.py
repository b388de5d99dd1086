"""Every shipped scenario with every shipped client, simulated small: measured without error, and as the data frames
have it, from which the main figures are worked out anew with pandas."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from brownout import scenarios as shipped
from brownout.fakes.billing import Billing
from brownout.fakes.draws import Identity
from brownout.harness import cells
from brownout.harness.cells import Job
from brownout.harness.frames import Results
from brownout.harness.ledger import Ledger
from brownout.harness.metrics import METRICS, Observed, metric
from brownout.harness.plan import Plan
from brownout.harness.records import CallRecord
from brownout.harness.results import RunFile
from brownout.harness.sampling import sampled
from brownout.harness.sources import client, scenario

from .ledgers import client as by_hand

SCENARIOS, CLIENTS = sorted(shipped.incidents()), sorted(shipped.clients())
GUARDED = by_hand({"breaker": {"failures": 3}})
PAIRS = [(incident, contestant) for incident in SCENARIOS for contestant in CLIENTS]


@pytest.fixture(scope="module")
def results() -> Results:
    """A tenth of every incident, under one seed."""
    plan = Plan([scenario(name) for name in SCENARIOS], [client(name) for name in CLIENTS], [7], sample=0.1)
    played = [cells.play(job) for job in plan.jobs()]
    return Results(RunFile.model_construct(cells=[each.cell for each in played]), played)


@pytest.mark.parametrize(("incident", "contestant"), PAIRS)
def test_shipped_runs_are_measured_by_everything(results: Results, incident: str, contestant: str) -> None:
    """Each metric has a value or a reason why not, and the usual ones have a value."""
    [cell] = [each for each in results.file.cells if (each.scenario, each.client) == (incident, contestant)]
    assert {*cell.metrics, *cell.absent} == set(METRICS)
    assert not set(cell.metrics) & set(cell.absent)
    assert not any(math.isnan(value) for value in cell.metrics.values())
    assert all(cell.absent.values())
    assert {"goodput", "rmst_share", "p95(latency)", "amplification", "wasted_tokens", "fairness"} <= set(cell.metrics)
    assert ("time_to_recover" in cell.absent) == (not any(phase.faults for phase in scenario(incident).value.timeline))


@pytest.mark.parametrize(("incident", "contestant"), PAIRS)
def test_the_frames_hold_what_the_metrics_say(results: Results, incident: str, contestant: str) -> None:
    """Goodput, the mean wait, p95, amplification, retries that paid and waste, from calls and requests alone."""

    def part(frame: pd.DataFrame) -> pd.DataFrame:
        return frame[(frame["scenario"] == incident) & (frame["client"] == contestant)]

    calls, attempts, metrics = part(results.calls()), part(results.attempts()), part(results.metrics())
    billed = attempts["billed_input"] + attempts["billed_output"]
    dollars = Billing.model_validate({"model": "sonnet"}).dollars
    retried = attempts.groupby(["client_number", "call"])["attempt"].max() > 0
    ended_well = calls.set_index(["client_number", "call"])["outcome"] == "ok"
    wasted = attempts[~attempts["is_answer"]]
    expected = {
        "goodput": calls["good"].mean(),
        "rmst_share": np.minimum(calls["latency"] / calls["deadline"], 1.0).mean(),
        "p95(latency)": np.sort(calls["latency"])[math.ceil(0.95 * len(calls)) - 1],
        "amplification": len(attempts) / len(calls),
        "timeout_rate": calls["outcome"].isin(["timeout", "stream_timeout", "gap", "deadline"]).mean(),
        "retry_success": ended_well[retried[retried].index].mean() if retried.any() else math.nan,
        "wasted_tokens": billed[~attempts["is_answer"]].sum() / billed.sum(),
        "waste_per_call": dollars(int(wasted["billed_input"].sum()), int(wasted["billed_output"].sum())) / len(calls),
    }
    found = metrics.set_index("metric")["value"]
    assert {name: found[name] for name in expected} == pytest.approx(expected, nan_ok=True)
    assert (calls["good"] == (calls["latency"] <= calls["deadline"])).all()
    assert calls["attempts"].sum() == len(attempts)


def test_the_simulator_records_what_the_metrics_assume(results: Results) -> None:
    """At most one request answers a call, exactly one if it was answered; and an answer is a request that went well."""
    calls, attempts = results.calls(), results.attempts()
    key = ["scenario", "client", "client_number", "call"]
    answers = attempts[attempts["is_answer"]].groupby(key, observed=True).size()
    assert (answers == 1).all()
    assert len(answers) == (calls["outcome"] == "ok").sum()
    assert (attempts.loc[attempts["is_answer"], "outcome"] == "ok").all()


def hits_requests(incident: str) -> bool:
    """Whether it has faults, and all act on requests: those on new connections spare a kept one."""
    faults = [fault for phase in scenario(incident).value.timeline for fault in phase.faults]
    return bool(faults) and not any(fault.on_connect for fault in faults)


@pytest.mark.parametrize("incident", [name for name in SCENARIOS if hits_requests(name)])
def test_what_a_request_would_have_met_is_what_it_meets(incident: str) -> None:
    """Refused calls are asked by labelled draws; of calls that were made, these say exactly who met a fault."""
    scene = sampled(scenario(incident).value, 0.1)
    arriving = tuple(phase.model_copy(update={"hits": frozenset()}) for phase in scene.timeline)  # not those in flight
    scene = scene.model_copy(update={"timeline": arriving})
    ledger = Job(scene, client("sdk-defaults").value, 3, "sim", 1.0).play()
    made = {attempt.who: attempt for attempt in ledger.attempts}
    first = [each for each in ledger.journal if each.who.attempt == 0 and not made[each.who].is_fresh]
    refusals = [call("breaker_open", each.who, made[each.who].started, each.stream) for each in first]
    seen = Observed(scene, GUARDED, 3, Ledger(calls=refusals, breaker=ledger.breaker))
    spared = sum(each.fault is None for each in first)
    assert 0 < spared < len(first)
    assert metric("falsely_refused").of(seen) == pytest.approx(spared / len(first))


def call(outcome: str, who: Identity, at: float, stream: bool) -> CallRecord:
    """As if the breaker had been open then."""
    return CallRecord(who.client, who.call, at, at, at, outcome, None, "", 90.0, stream, 1, 1, 0, 0)
