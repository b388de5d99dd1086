"""The page of alert rules: what the shipped ones are worth in the shipped weeks, and how long they take to fire."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.harness.alerting import AlertsFile, Point
from brownout.harness.alerts.known import Known, Verdict
from brownout.harness.statistics import Interval

from . import drawing
from .charts.alerts import tradeoff
from .charts.theme import colours
from .run_lengths import HEADER, row
from .table import Table
from .tables import alerts as tables

INTRO = """# Which alerts to have

An alert is a bet: called too late it is of no use, called for nothing it is switched off. Which rule is right depends
on your traffic, on your client, which may hide trouble from its callers, and on the trouble. `brownout alerts` plays
weeks of calls, with sudden trouble, slow trouble and none, shows them to each rule, and says how soon it fires, how
often for nothing, whether it said whose the trouble is, and which rules to have for as many false alarms as you can
bear.

```console
$ brownout alerts                                   # the shipped rules, in the shipped weeks
$ brownout alerts -r mine.yaml -r burn-rate -s sudden-spikes -s calm-month -c client.yaml --false-alarms 2
```

It writes `report.html` (with a picture of delay against false alarms), `report.md`, `alerts.json`, and the rules that
it recommends as files. What was played is kept in the folder and not played again, so that a rule can be changed and
tried again in seconds. From Python it is `brownout.alerts(["mine.yaml"], ["sudden-spikes"], "client.yaml")`.

A rule is a file:

```yaml
name: burn-rate-of-mine
about: More than 14.4 times the errors that 99% allows, over an hour and over five minutes.
for: 2m
severity: page
rule:
  kind: burn_rate
  of: failures
  objective: 99%
  pairs:
    - {long: 1h, short: 5m, burn: 14.4}
```

The kinds are `threshold`, `burn_rate`, `ewma`, `cusum`, `bernoulli_cusum` and `drift`: the
[reference](reference.md#alert-rules) says what each does, and `brownout show drift` prints a shipped one to begin with.
A rule watches a share of the calls (`failures`, `timeouts`, `retries`, or `late(20s)`, those not answered within that)
or a mean of the answered ones (`latency`, `first_text`, `seconds_per_token`, `answer_tokens`, `prompt_tokens`,
`amplification`). It sees sums over minutes, in production as here: memory does not grow, and a month of a million
calls takes seconds.

Any scenario will do. Its trouble are the phases with faults; where that is not what somebody should be called for, it
says so itself:

```yaml
troubles:
  - {from: 14d, to: 42d, cause: prompts}   # `troubles: []`: nothing here is worth a call
```
"""
PICTURE = "alerts-growing-prompts.svg"
"""Beside the page."""
_PICTURED = "growing-prompts"
JUDGED = """## How rules are judged

- **Found** is a trouble by the first alarm that begins while it lasts. One that was going on before told nobody
  anything. The delay counts from the beginning of the trouble; for the slow ones from the first longer prompt.
- **False** is an alarm that begins while nothing is wrong, and not in the six hours after trouble, as windows of hours
  still hold it; one that goes on counts anew every day. Rates are for 30 days without trouble, with Garwood's interval;
  days on which a rule was still learning what is usual are none of them.
- **Whose it is**: `drift` says so itself. For the others what has risen is looked at when they fire: errors other than
  the client's own limits, and the time for each token of an answer, are the service's; the length of prompts and
  answers is the prompts'.
- **Delay against false alarms**: each rule is tried a quarter to four times as hard to set off as its file has it.
- **The set** is that of up to three rules which misses the least of a trouble's time, every scenario counting alike. A
  trouble of which nobody was told rightly whose it is counts as missed: in weeks of it any alarm comes once, and be it
  by chance. The set is chosen on these very weeks, so that on others it cries wolf somewhat more often.
- **What could not fire** is named: a burn rate of 14.4 needs 14.4% of the calls to fail at an objective of 99%, and so
  never sees that 10% do; at an objective of 90% it needs more calls to fail than there are.

The delays are those of these weeks: three calls a minute on average, and less than half of that at night. With more
traffic every rule is quicker, or can be made surer.
"""
LENGTHS = """## Held to what was published

How many points a chart takes until it fires is known, with nothing wrong and after a shift. `brownout validate
--alerts` plays it: each figure is the mean over independent runs with Student's interval, half of which is at most 5%
of the value. It *holds* if the published one lies in the interval that all of them together hold in 95% of cases.

"""


def page(found: AlertsFile, lengths: Sequence[tuple[Known, Interval, Verdict]]) -> str:
    """All of it, as Markdown."""
    parts = [INTRO, "## What the shipped rules are worth", _played(found), _markdown(tables.alone(found))]
    if found.recommended is not None and found.recommended.rules:
        parts += [_have(found), _markdown(tables.recommended(found.recommended, found.wanted))]
    parts += ["### Growing prompts, or a slower service?", _drift(found)]
    parts += [JUDGED, LENGTHS + "\n".join([*HEADER, *(row(*each) for each in lengths)])]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def picture(found: AlertsFile) -> str:
    """How soon growing prompts are found, against false alarms, as SVG."""
    scenario = next(each for each in found.scenarios if each.name == _PICTURED)
    chart = tradeoff(found, scenario, colours(rule.name for rule in found.rules))
    assert chart is not None
    return drawing.standalone(chart)


def _played(found: AlertsFile) -> str:
    calls = sum(scenario.calls for scenario in found.scenarios)
    weeks = ", ".join(f"`{scenario.name}`" for scenario in found.scenarios)
    return (
        f"{calls:,} calls of `{found.client}` in {weeks}, under seeds {found.seeds[0]} to {found.seeds[-1]}; each rule "
        f"as easy to set off as {found.wanted:g} false alarm a month allows:"
    )


def _have(found: AlertsFile) -> str:
    return f"The set to have. {found.verdict}"


def _drift(found: AlertsFile) -> str:
    """Which rule tells them apart, and after how long: of those that say rightly whose it is in both."""
    both = ("growing-prompts", "slower-service")
    points = {curve.rule: point for curve in found.curves if (point := curve.at(found.wanted)) is not None}
    told = [_told(rule, point, both) for rule, point in sorted(points.items(), key=lambda each: _days(each[1], both))]
    intro = (
        "Answers and prompts that grow by a straight line to twice and three times their length within four weeks, "
        "against a service that takes 8% longer for each token, and again longer every four days, up to 70%: both "
        f"make calls slower, and at {found.wanted:g} false alarm a month"
    )
    picture = f"![The mean delay until somebody is called, against false alarms a month, for each rule]({PICTURE})"
    return "\n".join([intro, "", *told, "", picture])


def _days(point: Point, names: Sequence[str]) -> float:
    return sum(point.delays[name] for name in names)


def _told(rule: str, point: Point, names: Sequence[str]) -> str:
    if not any(name in point.right for name in names):
        return f"- `{rule}` sees neither."
    said = [
        f"{name} after {point.delays[name] / 86_400.0:.1f} days, and says rightly whose it is in "
        f"{point.right[name]:.0%} of cases"
        for name in names
        if name in point.right
    ]
    return f"- `{rule}` sees {'; '.join(said)}."


def _markdown(table: Table) -> str:
    """Its cells are of our own making: names of files that are shipped, and figures."""
    lines = [table.columns, ("---",) * len(table.columns), *table.rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
