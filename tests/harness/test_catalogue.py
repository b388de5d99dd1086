"""Everything found by discovery, held to the contract: documented, named well, loads, round-trips, runs, and bites."""

from __future__ import annotations

import io
import json
import re
from importlib import import_module
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML

from brownout.fakes import faults
from brownout.fakes.faults import FAULTS, Fault
from brownout.harness.cells import BACKENDS
from brownout.harness.client import Client
from brownout.harness.drivers.sim.run import run
from brownout.harness.files import json_schema, load, loads
from brownout.harness.ledger import Ledger
from brownout.harness.names import PATTERN
from brownout.harness.policies import layers
from brownout.harness.policies.layer import Layer
from brownout.harness.policies.layers import LAYERS
from brownout.harness.sampling import sampled
from brownout.harness.scenario import Scenario
from brownout.scenarios import clients, incidents, presets

Model = TypeVar("Model", bound=BaseModel)

each_fault = pytest.mark.parametrize("kind", FAULTS)
each_layer = pytest.mark.parametrize("name", LAYERS)
each_incident = pytest.mark.parametrize("path", incidents().values(), ids=incidents())
CLIENTS = clients() | presets()
each_client = pytest.mark.parametrize("path", CLIENTS.values(), ids=CLIENTS)


def yaml(data: Any) -> str:
    """As somebody might write it."""
    stream = io.StringIO()
    YAML(typ="safe", pure=True).dump(data, stream)
    return stream.getvalue()


def again(value: Model) -> Model:
    """Through YAML and back."""
    return loads(yaml(value.model_dump(mode="json", by_alias=True)), type(value))


def scenario_with(*phases: dict[str, Any]) -> Scenario:
    """A quick service, and ten calls a second of ten clients, half of them streams."""
    text = yaml({
        "name": "tiny",
        "workload": {
            "clients": 10,
            "arrivals": {"kind": "poisson", "rate": "10/s"},
            "calls": {"deadline": "20s", "stream": "50%", "output_tokens": 20},
        },
        "server": {"latency": {"first_token": "200ms", "token_gap": "10ms"}, "capacity": {"slots": 20}},
        "timeline": list(phases),
    })  # fmt: skip
    return loads(text, Scenario)


def client_with(*stack: dict[str, Any]) -> Client:
    return loads(yaml({"name": "tiny", "timeouts": {"read": "5s"}, "layers": list(stack)}), Client)


SDK = client_with({"sdk": {}})


@pytest.mark.parametrize(
    ("package", "registry", "base"), [(faults, FAULTS, Fault), (layers, LAYERS, Layer)], ids=["faults", "layers"]
)
def test_one_file_each_named_after_what_it_holds(package: Any, registry: dict[str, Any], base: type) -> None:
    """Who knows the name in a scenario knows the file: `stall` is in `stall.py`, and every file holds one."""
    homes = {name: registered.__module__.rpartition(".")[2] for name, registered in registry.items()}
    assert homes == {name: name for name in registry}
    files = {path.stem for path in Path(package.__file__).parent.glob("*.py")} - {"__init__", "base"}
    assert files == set(registry)
    assert all(issubclass(registered, base) for registered in registry.values())


@each_fault
def test_a_fault_is_documented(kind: str) -> None:
    """Its class says what happens, its module what it stands for, and every backend how true it is there."""
    fault = FAULTS[kind]
    assert fault.__doc__
    assert import_module(fault.__module__).__doc__
    assert fault.fidelity.keys() == {backend.partition("-")[0] for backend in BACKENDS}  # a fault knows no SDK
    assert all(fault.fidelity.values())


@each_layer
def test_a_layer_is_documented(name: str) -> None:
    """Its class says what it does, its module why."""
    assert LAYERS[name].__doc__
    assert import_module(LAYERS[name].__module__).__doc__


@each_fault
def test_the_name_of_a_fault_says_what_happens_on_the_wire(kind: str) -> None:
    """Small letters and underscores; never `timeout`, which is what a client makes of it."""
    assert re.fullmatch("[a-z]+(_[a-z]+)*", kind)
    assert "timeout" not in kind


@each_layer
def test_the_name_of_a_layer(name: str) -> None:
    """Small letters and underscores."""
    assert re.fullmatch("[a-z]+(_[a-z]+)*", name)


@each_fault
def test_the_example_of_a_fault_loads_and_round_trips(kind: str) -> None:
    """As it would stand in a scenario file, and as it is written back."""
    example = FAULTS[kind].example
    assert example["kind"] == kind
    scenario = scenario_with({"for": "30s", "faults": [example]})
    [phase] = scenario.timeline
    [fault] = phase.faults
    assert type(fault) is FAULTS[kind]
    assert again(scenario) == scenario


@each_layer
def test_the_example_of_a_layer_loads_and_round_trips(name: str) -> None:
    """The same, in a client file."""
    client = client_with(*stack(name))
    assert type(client.layers[0]) is LAYERS[name]
    assert again(client) == client


def stack(name: str) -> list[dict[str, Any]]:
    """The example of a layer, above the SDK if it is not that itself."""
    return [{name: LAYERS[name].example}] + ([] if name == "sdk" else [{"sdk": {}}])


def played(scenario: Scenario, client: Client) -> Ledger:
    ledger = run(scenario, client, seed=1)
    assert ledger.calls
    return ledger


@each_fault
def test_the_example_of_a_fault_fires(kind: str) -> None:
    """In the simulator, from the first phase on, and the journal names the requests it fired for."""
    ledger = played(scenario_with({"for": "2m", "faults": [FAULTS[kind].example]}), SDK)
    [(name, (planned, fired))] = ledger.faults.items()
    assert name == f"phase 1: {kind}"
    assert planned >= fired > 0
    on_requests = sum(served.has_fired for served in ledger.journal if served.fault == name)
    assert on_requests == (0 if FAULTS[kind].on_connect or FAULTS[kind].on_upload else fired)


@each_fault
def test_a_fault_leaves_those_alone_that_it_is_not_for(kind: str) -> None:
    """With `where` for one client, all the others have the same fate as without any fault."""
    example = FAULTS[kind].example | {"where": {"clients": [3]}}
    with_fault = played(scenario_with({"for": "30s", "faults": [example]}), SDK)
    without = played(scenario_with({"for": "30s"}), SDK)
    assert [call for call in with_fault.calls if call.client != 3] == [c for c in without.calls if c.client != 3]


@each_layer
def test_the_example_of_a_layer_runs(name: str) -> None:
    """In the simulator, through a storm with every kind of fault in it; every call ends, or is censored."""
    everything = [fault.example | {"share": "5%"} for fault in FAULTS.values()]
    scenario = scenario_with({"for": "10s"}, {"for": "10s", "faults": everything}, {"for": "10s"})
    ledger = played(scenario, client_with(*stack(name)))
    assert len(ledger.calls) == len({(call.client, call.call) for call in ledger.calls})
    assert all((call.finished is None) is (call.outcome == "censored") for call in ledger.calls)
    assert sum(call.outcome == "ok" for call in ledger.calls) > len(ledger.calls) / 2


def test_nothing_shipped_shares_a_name() -> None:
    """`brownout show NAME` means one file."""
    assert len(incidents() | CLIENTS) == len(incidents()) + len(clients()) + len(presets())


@each_incident
def test_a_shipped_scenario(path: Path) -> None:
    """Loads, is called as its file, says what it is about in sentences, and round-trips."""
    scenario = load(path, Scenario)
    assert scenario.name == path.stem
    assert re.fullmatch(PATTERN, scenario.name)
    assert scenario.about.endswith(".")
    assert again(scenario) == scenario


@each_client
def test_a_shipped_client(path: Path) -> None:
    """The same for client configurations."""
    client = load(path, Client)
    assert client.name == path.stem
    assert re.fullmatch(PATTERN, client.name)
    assert client.about.endswith(".")
    assert again(client) == client


@each_incident
def test_every_fault_of_a_shipped_scenario_fires(path: Path) -> None:
    """For at least one of the shipped clients, even in a tenth of the traffic; a scenario without faults is a calm one
    and its calls are answered."""
    scenario = sampled(load(path, Scenario), 0.1)
    ledgers = [played(scenario, load(client, Client)) for client in clients().values()]
    for name in ledgers[0].faults:
        assert any(ledger.faults[name][1] for ledger in ledgers), name
    if not ledgers[0].faults:
        assert all(call.outcome == "ok" for ledger in ledgers for call in ledger.calls)


@each_client
def test_a_shipped_client_survives_every_shipped_scenario(path: Path) -> None:
    """No configuration we ship loses all of its calls anywhere."""
    client = load(path, Client)
    for incident in incidents().values():
        ledger = played(sampled(load(incident, Scenario), 0.05), client)
        assert any(call.outcome == "ok" for call in ledger.calls), incident.stem


def test_the_published_schemas_know_everything_registered() -> None:
    """An editor offers each fault and each layer, with its description."""
    scenario, client = json.dumps(json_schema(Scenario)), json.dumps(json_schema(Client))
    for kind, fault in FAULTS.items():
        assert f'"const": "{kind}"' in scenario
        assert json.dumps(str(fault.__doc__).split("\n")[0])[1:-1] in scenario
    for name, layer in LAYERS.items():
        assert f'"{name}": {{' in client
        assert json.dumps(str(layer.__doc__).split("\n")[0])[1:-1] in client
