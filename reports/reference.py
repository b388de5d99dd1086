"""The reference page, made from the models that check the files, so that it cannot say anything else than they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import getdoc
from io import StringIO
from typing import Any

from pydantic import BaseModel
from ruamel.yaml import YAML

from brownout.fakes.billing import Billing
from brownout.fakes.capacity import Capacity
from brownout.fakes.faults import FAULTS, Fault
from brownout.fakes.latency import Latency
from brownout.fakes.limits import Acceleration, Limits, Spending
from brownout.harness import tables
from brownout.harness.alerts.file import RuleFile
from brownout.harness.alerts.kinds import KINDS
from brownout.harness.alerts.kinds.burn_rate import Pair
from brownout.harness.alerts.standard import Given, Learned
from brownout.harness.client import Client, TimeoutsFile
from brownout.harness.doctor.checks import CHECKS
from brownout.harness.files import json_schema
from brownout.harness.fleet import Fleet, Member
from brownout.harness.metrics import METRICS
from brownout.harness.monitoring.families import FAMILIES, samples
from brownout.harness.policies.backoff import Backoff
from brownout.harness.policies.budgets import BUDGETS
from brownout.harness.policies.layers import LAYERS
from brownout.harness.policies.layers.retry import RetryAfter
from brownout.harness.policies.limiters import LIMITERS
from brownout.harness.policies.tripping import Window
from brownout.harness.profiles import Profile
from brownout.harness.scenario import PhaseFile, Recovery, Scenario, ServerFile
from brownout.harness.troubles import Trouble
from brownout.harness.workload import ARRIVALS, Calls, Groups, WorkloadFile
from brownout.harness.workload.traces import Columns

_WIDEST = 120
"""Characters of a table's cell; what is longer is described elsewhere on the page."""

_OF_FAULTS = frozenset({"at", "share", "per", "where"})
"""What every fault has, told once for all of them."""
_TOLD = {"layers": "a list of [layers](#layers-outermost-first-in-a-file)"}
"""Keys whose values have a part of the page of their own."""

Models = Mapping[str, type[BaseModel]]

SCENARIO: Models = {
    "A scenario": Scenario,
    "`workload:`": WorkloadFile,
    "`workload:` of several groups": Groups,
    "`workload.calls:`": Calls,
    "`server:`": ServerFile,
    "`server.latency:`": Latency,
    "`server.capacity:`": Capacity,
    "`server.limits:`": Limits,
    "`server.limits.acceleration:`": Acceleration,
    "`server.limits.spending:`": Spending,
    "`server.billing:`": Billing,
    "`timeline:`, each phase": PhaseFile,
    "`recovery:`": Recovery,
}
CLIENT: Models = {"A client": Client, "`timeouts:`": TimeoutsFile, "`profiles:`, each": Profile}
FLEET: Models = {"A fleet": Fleet, "`fleet:`, each member": Member}
PARTS: Models = {"`backoff:`": Backoff, "`retry_after:`": RetryAfter, "`window:` of a breaker": Window}
RULE_PARTS: Models = {
    "`pairs:` of a burn rate": Pair,
    "`usual:` that is known": Given,
    "`usual:` that is learned": Learned,
    "`troubles:` of a scenario": Trouble,
}
_RULES = "What they are worth: [Which alerts to have](alerts.md)."


def reference() -> str:
    """The whole page, as Markdown."""
    parts = ["# Reference", "Generated from the code by `make docs`; a test holds it to that."]
    parts += ["## Scenario files", *_models(SCENARIO)]
    parts += ["### `workload.arrivals:`", *_registered(ARRIVALS, "kind: {}")]
    parts += [*_models({"`columns:` of a trace": Columns})]
    parts += ["## Faults", _intro(), *_registered(FAULTS, "kind: {}"), *_fidelity()]
    parts += ["## Client files", *_models(CLIENT)]
    parts += ["## Fleet files", *_models(FLEET)]
    parts += ["## Layers, outermost first in a file", *_registered(LAYERS, "{}"), *_models(PARTS)]
    parts += ["### Budgets of retries", *_registered(BUDGETS, "budget: {{kind: {}}}")]
    parts += ["### Ways to pace", *_registered(LIMITERS, "by: {{kind: {}}}")]
    parts += ["## Alert rules", _RULES, *_models({"A rule": RuleFile})]
    parts += [*_registered(KINDS, "kind: {}"), *_models(RULE_PARTS)]
    parts += ["## Doctor's findings", _DOCTOR, *_checks()]
    parts += ["## Metrics", _METRICS, _table(("name", "unit", "better", "what"), _metrics())]
    parts += ["## Results in Python", "The columns of `results.calls()`, after scenario, client and seed:"]
    parts += [_table(("column", "what"), _columns(tables.CALLS)), "Those of `results.attempts()`:"]
    parts += [_table(("column", "what"), _columns(tables.ATTEMPTS))]
    parts += ["## What a monitor is scraped for", _SCRAPED, _table(("name", "type", "labels", "what"), _scraped())]
    return "\n\n".join(parts) + "\n"


_DOCTOR = "What `brownout doctor` looks for ([Before anything is played](doctor.md)), each with an example that has it."


def _checks() -> Iterator[str]:
    for name, check in sorted(CHECKS.items()):
        yield f"### `{name}`"
        played = f", with the scenario `{check.scenario}`" if check.scenario else ""
        yield f"{check.severity.capitalize()}{played}. {_doc(check)}"
        yield f"```{check.language}\n{check.example.rstrip()}\n```"


_METRICS = (
    "`objectives:` and `run.json` use these names; of `latency`, `latency_ok`, `ttft` and `gap` any quantile from `p1` "
    "to `p99`, and `p99.9`, may be asked for. A metric without a meaning in a run is absent with a reason, never 0."
)
_UNITS = {"%": "share", "s": "seconds", "x": "ratio", "$": "dollars", "count": "number"}


def _metrics() -> Iterator[tuple[str, ...]]:
    return ((f"`{name}`", _UNITS[metric.unit], metric.better, metric.about) for name, metric in METRICS.items())


def _columns(table: Mapping[str, str]) -> Iterator[tuple[str, ...]]:
    return ((f"`{name}`", about) for name, about in table.items())


_SCRAPED = (
    "The text of `brownout.Monitor(...).openmetrics()` ([Monitoring](monitoring.md)). A label `client` comes before "
    "these where the monitor has a name, and `endpoint` behind `model` where another than the client's own was asked; "
    "buckets have `le`."
)


def _scraped() -> Iterator[tuple[str, ...]]:
    for name, family in FAMILIES.items():
        labels = ", ".join(f"`{label}`" for label in family.labels)
        yield ", ".join(f"`{sample}`" for sample in samples(name)), family.kind, labels, family.about


def _intro() -> str:
    return (
        "Every fault has `at` (its moment), `share`, `per` and `where`, described once here:\n\n"
        + _fields(FAULTS["reset"], {"kind"})
        + "\n\nBelow are the fields that a kind has besides these."
    )


def _models(models: Models) -> Iterator[str]:
    for title, model in models.items():
        yield f"### {title}"
        yield _doc(model)
        yield _fields(model)


def _registered(registry: Models, title: str) -> Iterator[str]:
    for name, model in sorted(registry.items()):
        yield f"### `{title.format(name)}`"
        yield _doc(model)
        own = _fields(model, {"kind"} | (_OF_FAULTS if issubclass(model, Fault) else set()))
        if own:
            yield own
        example = getattr(model, "example", None)
        if example is not None:
            yield f"```yaml\n{_yaml(example if 'kind' in example else {name: example})}```"


def _fidelity() -> Iterator[str]:
    yield "### What each backend can reproduce"
    yield "What an approximation changes is measured in [What the SDKs do](sdks.md#what-an-approximation-changes)."
    backends = "wire", "virtual", "sim"
    rows = ((f"`{kind}`", *map(fault.fidelity.__getitem__, backends)) for kind, fault in sorted(FAULTS.items()))
    yield _table(("fault", *backends), rows)


def _doc(model: type) -> str:
    return " ".join((getdoc(model) or "").split())


def _fields(model: type[BaseModel], without: set[str] | frozenset[str] = frozenset()) -> str:
    schema = json_schema(model)
    needed = schema.get("required", [])
    rows = [
        (
            f"`{name}`",
            _TOLD.get(name) or _takes(field, schema),
            "required" if name in needed else _default(field),
            _about(field),
        )
        for name, field in schema.get("properties", {}).items()
        if name not in without
    ]
    return _table(("key", "takes", "default", "what"), rows) if rows else ""


def _takes(field: dict[str, Any], schema: dict[str, Any]) -> str:
    """The kinds of value a field accepts, by example."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return _takes(schema["$defs"][name], schema)
    if "anyOf" in field or "oneOf" in field:
        options = dict.fromkeys(_takes(each, schema) for each in field.get("anyOf") or field["oneOf"])
        shown = [option for option in options if option]
        return ", ".join(shown) if len(shown) == 1 or sum(map(len, shown)) < _WIDEST else "one of those below"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "const" in field:
        return f"`{field['const']}`"
    match field.get("type"):
        case "null":
            return ""
        case "array":
            items = _takes(field.get("items", {}), schema) or "values"
            return f"a list of {'mappings' if items == 'a mapping' else items}"
        case "object":
            keys = ", ".join(field.get("properties", {}))
            return f"`{{{keys}}}`" if 0 < len(keys) < _WIDEST else "a mapping"
        case "string" if field.get("examples"):
            return f"`{field['examples'][0]}`"
        case "string":
            return "text"
        case "integer" | "number":
            return "a number"
        case "boolean":
            return "`true`, `false`"
        case _:
            return ""


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    return "" if value in (None, [], {}, "") or isinstance(value, dict | list) else f"`{value}`"


def _about(field: dict[str, Any]) -> str:
    text = field.get("description", "")
    return "" if text.startswith(("A length of time", "A share in percent")) else " ".join(text.split())


def _yaml(value: Any) -> str:
    stream = StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = True
    yaml.width = 200
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.dump(value, stream)
    return stream.getvalue()


def _table(columns: tuple[str, ...], rows: Any) -> str:
    lines = ["| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in (columns, *rows)]
    lines.insert(1, "|" + "---|" * len(columns))
    return "\n".join(lines)
