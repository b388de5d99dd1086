"""Everything the doctor looks for, held to the contract: one file each, documented, with an example that has it."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from brownout.harness import sources
from brownout.harness.client import Client
from brownout.harness.doctor import checks
from brownout.harness.doctor.checks import CHECKS
from brownout.harness.doctor.examine import examine
from brownout.harness.doctor.finding import SEVERITIES
from brownout.harness.files import FileError, loads
from brownout.harness.policies.causes import CAUSES
from brownout.harness.policies.layers import LAYERS
from brownout.harness.scenario import Scenario
from brownout.scenarios import incidents

each_check = pytest.mark.parametrize("name", CHECKS)


def test_one_file_each_named_after_what_it_finds() -> None:
    """Who reads a finding knows the file."""
    files = {path.stem for path in Path(checks.__file__).parent.glob("*.py")} - {"__init__"}
    assert {name: check.__module__.rpartition(".")[2] for name, check in CHECKS.items()} == {
        name: name.replace("-", "_") for name in CHECKS
    }
    assert files == {name.replace("-", "_") for name in CHECKS}
    assert all(re.fullmatch("[a-z0-9]+(-[a-z0-9]+)+", name) for name in CHECKS)


@each_check
def test_a_check_is_documented(name: str) -> None:
    """Its class says what is wrong, its module why."""
    assert CHECKS[name].__doc__
    assert import_module(CHECKS[name].__module__).__doc__
    assert CHECKS[name].severity in SEVERITIES


@each_check
def test_the_example_has_it(name: str, tmp_path: Path) -> None:
    """And of what else it has nothing graver; the simulator shows it where it can."""
    check = CHECKS[name]
    path = tmp_path / ("example.py" if check.language == "python" else "example.yaml")
    path.write_text(check.example if check.language == "python" else f"name: example\n{check.example}\n", "utf-8")
    scenario = sources.scenario(check.scenario).value if check.scenario else None
    found = [each for each in examine(str(path), scenario, prove=True).findings if each.id == name]
    assert found
    assert all(each.proof is None or each.proof.holds for each in found)
    assert any(each.proof for each in found) or check.language == "python"


def durations() -> st.SearchStrategy[str]:
    """Of a kind that people set. Nothing is drawn but from lists, so that what is derandomised is the same everywhere:
    Hypothesis tries numbers that stand in whatever modules are loaded."""
    return st.sampled_from(["1.5s", "4s", "11s", "38.4s", "62s", "5m"])


causes = st.lists(st.sampled_from(sorted(CAUSES)), max_size=4, unique=True)
shares = st.sampled_from(["5%", "50%"])
LAYER = {
    "deadline": st.fixed_dictionaries({"total": durations()}),
    "attempt_timeout": st.fixed_dictionaries({"total": durations()}),
    "first_byte": st.fixed_dictionaries({"limit": durations()}),
    "first_token": st.fixed_dictionaries({"limit": durations()}),
    "content_gap": st.fixed_dictionaries({"limit": durations()}),
    "hedge": st.fixed_dictionaries(
        {"after": durations(), "hedges": st.sampled_from([1, 2, 9])}, optional={"share": shares}
    ),
    "retry": st.fixed_dictionaries(
        {"retries": st.sampled_from([0, 1, 5, 1000]), "on": causes},
        optional={
            "within": durations(),
            "retry_after": st.sampled_from(["obey", "ignore"]) | durations().map(lambda each: {"at_most": each}),
            "backoff": st.fixed_dictionaries(
                {"base": durations(), "jitter": st.sampled_from(["none", "full", "decorrelated"])},
                optional={"max": durations(), "factor": st.sampled_from([1, 2, 1e300])},
            ),
            "budget": st.sampled_from([{"capacity": 1}, {"kind": "ratio", "share": "10%"}]),
        },
    ),
    "breaker": st.fixed_dictionaries(
        {"open_for": durations()},
        optional={"window": st.sampled_from([{"calls": 20}, {"time": "30s", "minimum": 5}]), "per": st.just("model")},
    ),
    "fallback": st.just({"to": [{"model": "other"}, {"stream": False}]}),
    "sdk": st.fixed_dictionaries({"max_retries": st.sampled_from([0, 2, 1000]), "major": st.sampled_from(["2", "0"])}),
}
others = sorted({*LAYERS} - {"sdk"})
each_layer = st.sampled_from(others).flatmap(
    lambda name: LAYER.get(name, st.just(LAYERS[name].example)).map(lambda values: {name: values})
)


@st.composite
def clients(draw: st.DrawFn) -> Client | None:
    """Any client that may stand in a file; None where layers do not go together."""
    layers = [*draw(st.lists(each_layer, max_size=5)), {"sdk": draw(LAYER["sdk"])}]
    data = {"name": "mine", "timeouts": {"read": draw(durations())}, "layers": layers}
    profile = {"layers": [draw(each_layer), layers[-1]], "timeouts": {"read": draw(durations())}}
    if draw(st.booleans()):
        data["profiles"] = {draw(st.sampled_from(["chat", "realtime"])): profile}
    try:
        return Client.model_validate(data)
    except ValueError:
        return None


SCENARIOS = [None, *(sources.scenario(name).value for name in incidents())]


@settings(max_examples=120, deadline=None)
@given(clients().filter(lambda client: client is not None), st.sampled_from(SCENARIOS))
def test_any_client_can_be_looked_at(client: Client, scenario: Scenario | None) -> None:
    """Whatever stands in it: a verdict, and findings with a sentence and a fix."""
    found = examine(client, scenario)
    assert found.verdict
    assert all(each.what.endswith(".") and each.fix and each.severity in SEVERITIES for each in found.findings)
    assert [SEVERITIES.index(each.severity) for each in found.findings] == sorted(
        SEVERITIES.index(each.severity) for each in found.findings
    )


@pytest.mark.slow
# A few proofs are of shares, which chance may spoil; each takes a while, so that nothing is made smaller.
@settings(max_examples=60, deadline=None, derandomize=True, phases=[Phase.generate])
@given(clients().filter(lambda client: client is not None), st.sampled_from(SCENARIOS))
def test_any_finding_that_is_put_to_the_proof_is_shown(client: Client, scenario: Scenario | None) -> None:
    """Whatever layers it has: nothing is claimed that the simulator does not show."""
    found = examine(client, scenario, prove=True).findings
    assert [each for each in found if each.proof is not None and not each.proof.holds] == []


def test_a_broken_file_is_told_as_everywhere(tmp_path: Path) -> None:
    """With every mistake at its place."""
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\nlayers: [{retyr: {}}, {sdk: {max_retries: -1}}]\n", "utf-8")
    with pytest.raises(FileError) as told:
        examine(str(path))
    with pytest.raises(FileError) as other:
        loads(path.read_bytes(), Client, str(path))
    assert str(told.value) == str(other.value)
