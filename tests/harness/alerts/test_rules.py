"""Every kind of rule, and every rule shipped: documented, written and read again, and quiet where nothing is wrong."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from brownout.harness.alerts.alarms import alarms, swept
from brownout.harness.alerts.file import RuleFile
from brownout.harness.alerts.kinds import KINDS
from brownout.harness.alerts.rule import Rule
from brownout.harness.files import FileError, load, loads
from brownout.harness.files.writing import written
from brownout.harness.monitoring.tick import BOUNDS, Tick
from brownout.scenarios import alerts

DAY = 24 * 60
each_kind = pytest.mark.parametrize("kind", KINDS)
each_file = pytest.mark.parametrize("path", alerts().values(), ids=alerts())


def of(text: str) -> Rule:
    return loads(f"name: mine\nrule: {text}", RuleFile).rule


def usual(number: int, bad: int = 0, times: float = 1.0, tokens: int = 300) -> Tick:
    """A minute of twenty calls, a little different each time, always in the same way."""
    answered = 20 - bad
    latency = 4.0 * (1.0 + 0.05 * math.sin(number * 2.4)) * times
    within = tuple(answered if bound > latency else 0 for bound in BOUNDS)
    return Tick(
        calls=20, failed=bad, timed_out=bad, answered=answered, attempts=20 + bad, retried=bad,
        seconds=answered * latency, input_tokens=answered * 1000, output_tokens=answered * tokens, within=within,
    )  # fmt: skip


def fires(file: RuleFile, ticks: list[Tick]) -> list[float]:
    """The minutes in which it begins to."""
    return [alarm.begins / 60.0 for alarm in alarms([file], ticks, 60.0)[0]]


@each_kind
def test_every_kind_is_documented_and_can_be_written_again(kind: str) -> None:
    model = KINDS[kind]
    assert model.__doc__
    file = RuleFile.model_validate({"name": "mine", "rule": dict(model.example)})
    assert loads(written(file), RuleFile) == file
    assert all(field.description for name, field in model.model_fields.items() if name in ("limit", "above", "burn"))


@each_file
def test_every_rule_shipped_says_what_it_is_and_is_silent_on_calm_days(path: Path) -> None:
    file = load(path, RuleFile)
    assert file.name == path.stem
    assert file.about
    assert loads(written(file), RuleFile) == file
    assert fires(file, [usual(number) for number in range(20 * DAY)]) == []


@each_file
def test_every_rule_shipped_sees_what_it_is_for(path: Path) -> None:
    """Half of the calls failing for two hours, or everything twice as long for a week."""
    file = load(path, RuleFile)
    calm = [usual(number) for number in range(17 * DAY)]
    if file.name == "drift":
        worse = [usual(number, times=2.0) for number in range(7 * DAY)]
    elif file.name.startswith("latency"):
        worse = [usual(number, times=2.0) for number in range(120)]
    else:
        worse = [usual(number, bad=10) for number in range(120)]
    [first, *_] = fires(file, [*calm, *worse, *calm])
    assert 17 * DAY < first <= 17 * DAY + len(worse)


@each_kind
def test_a_harder_rule_fires_no_sooner(kind: str) -> None:
    file = RuleFile.model_validate({"name": "mine", "rule": dict(KINDS[kind].example)})
    ticks = [usual(number) for number in range(17 * DAY)]
    ticks += [usual(number, bad=3, times=1.4) for number in range(3 * DAY)]
    tries = [file.harder(times) for times in (0.5, 1.0, 2.0)]
    firsts = [min(fires(each, ticks), default=math.inf) if each is not None else math.inf for each in tries]
    assert firsts == sorted(firsts)
    assert firsts[0] < math.inf


@each_kind
def test_what_is_swept_at_once_is_what_each_would_be(kind: str) -> None:
    file = RuleFile.model_validate({"name": "mine", "for": "3m", "rule": dict(KINDS[kind].example)})
    ticks = [usual(number) for number in range(16 * DAY)]
    ticks += [usual(number, bad=number % 7, times=1.3) for number in range(3 * DAY)]
    times = (0.5, 1.0, 1.7)
    [found] = swept([(file, times)], ticks, 60.0)
    harder = [file.harder(each) for each in times]
    assert [said.alarms for said in found] == [alarms([each], ticks, 60.0)[0] for each in harder if each is not None]


def test_a_burn_that_its_own_objective_rules_out_is_named() -> None:
    """14.4 times the tenth that may fail are more calls than there are; 6 times are not."""
    rule = of("{kind: burn_rate, objective: 90%}")
    [said] = rule.never()
    assert said.startswith("burn 14.4 over 1h at an objective of 90%")
    assert of("{kind: burn_rate, objective: 99%}").never() == []
    assert fires(RuleFile(name="mine", rule=rule), [usual(n, bad=20) for n in range(DAY)])  # by the other pairs


def test_a_rule_need_not_fire_at_once() -> None:
    """`for: 10m`: ten minutes after it would have been first."""
    ticks = [usual(number) for number in range(60)] + [usual(number, bad=20) for number in range(60)]
    at_once = loads("name: mine\nrule: {kind: threshold, above: 50%}", RuleFile)
    later = loads("name: mine\nfor: 10m\nrule: {kind: threshold, above: 50%}", RuleFile)
    assert [first + 10 for first in fires(at_once, ticks)] == fires(later, ticks)


def test_a_share_is_charted_by_a_spread_that_is_given() -> None:
    """After a week without a failure nobody could learn one."""
    file = loads("name: mine\nrule: {kind: ewma, of: failures, usual: {mean: 0.001, sd: 0.01}, every: 5m}", RuleFile)
    ticks = [usual(number) for number in range(DAY)] + [usual(number, bad=20) for number in range(60)]
    [first, *_] = fires(file, ticks)
    assert DAY < first <= DAY + 15


def test_drift_says_whose_it_is() -> None:
    """Longer answers are the prompts', longer waits for each token the service's."""
    file = load(alerts()["drift"], RuleFile)
    calm = [usual(number) for number in range(17 * DAY)]
    longer = [usual(number, times=1.5, tokens=450) for number in range(4 * DAY)]
    slower = [usual(number, times=1.5) for number in range(4 * DAY)]
    assert alarms([file], [*calm, *longer], 60.0)[0][0].cause == "prompts"
    assert alarms([file], [*calm, *slower], 60.0)[0][0].cause == "service"


def test_other_rules_are_told_whose_it_is() -> None:
    file = load(alerts()["latency-ewma"], RuleFile)
    calm = [usual(number) for number in range(17 * DAY)]
    longer = [
        usual(number, times=1.02**day, tokens=round(300 * 1.02**day)) for day in range(14) for number in range(DAY)
    ]
    slower = [usual(number, times=1.5) for number in range(DAY)]
    assert alarms([file], [*calm, *slower], 60.0)[0][0].cause == "service"
    assert alarms([file], [*calm, *longer], 60.0)[0][-1].cause == "prompts"


BROKEN = {
    "{kind: treshold, above: 5%}": 'did you mean "threshold"?',
    "{kind: threshold}": '"above"',
    "{kind: threshold, above: 0.05}": 'write "5%"',
    "{kind: threshold, of: latency, above: 5%}": "is a mean, and this rule watches a share",
    "{kind: threshold, of: late(21s), above: 5%}": "the nearest is late(20s)",
    "{kind: burn_rate, objective: 100%}": "2:36: expected less than 1",
    "{kind: burn_rate, objective: 99%, pairs: [{long: 5m, short: 1h, burn: 2}]}": "short must be shorter than long",
    "{kind: ewma, weight: 2}": "2:28: expected 1 or less",
    "{kind: ewma, every: 1d, usual: {from_last: 7d}}": "fewer than 8 points",
    "{kind: cusum, usual: {mean: 1}}": "sd",
    "{kind: ewma, of: failures}": "may be the same for a week, and then has no spread",
    "{kind: cusum, of: amplification}": "may be the same for a week, and then has no spread",
    "{kind: bernoulli_cusum, usual: 10%, bad: 5%}": "bad must be above usual",
    "{kind: drift, recent: 14d}": "recent must not be longer than ago",
    "{kind: drift, before: 1d}": "fewer than 8 points",
}


@pytest.mark.parametrize(("text", "says"), BROKEN.items())
def test_a_broken_rule_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(FileError) as refused:
        of(text)
    assert says in str(refused.value)
