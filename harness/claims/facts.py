"""Lines such as `goodput of patient >= goodput of hasty + 5%`, which are true, false or open after so many runs.

A side is `METRIC of CLIENT`, with `in SCENARIO` where the claim has several. The other side may be a figure with its
unit, another side, a multiple of one (`2 x ...`), and a figure more or less than that.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

from ..metrics import metric
from ..objectives import parse as parse_objective
from ..statistics.bootstrap import bca

_OF = r"(?P<{0}metric>[a-z][\w.]*(?:\([a-z_]+\))?) of (?P<{0}client>[a-z0-9-]+)(?: in (?P<{0}scenario>[a-z0-9-]+))?"
_FIGURE = r"\$?\d[\w.]*%?"
_FACT = re.compile(
    _OF.format("l_")
    + r" (?P<op><=|>=) "
    + rf"(?:(?P<figure>{_FIGURE})|(?:(?P<factor>\d+(?:\.\d+)?) x )?{_OF.format('r_')}"
    + rf"(?: (?P<sign>[+-]) (?P<more>{_FIGURE}))?)"
)
ROUNDING = 1e-9


class Side(NamedTuple):
    """A figure of one client in one scenario; "" for the only one."""

    metric: str
    client: str
    scenario: str


Values: TypeAlias = Callable[[Side], Sequence[float]]
"""A side's figure in each run, in the order of seeds."""


@dataclass(frozen=True, slots=True)
class Fact:
    """`left op factor * right + more`."""

    text: str
    left: Side
    is_less: bool
    right: Side | None
    factor: float
    more: float

    @property
    def sides(self) -> tuple[Side, ...]:
        return (self.left,) if self.right is None else (self.left, self.right)

    def margins(self, values: Values) -> list[float]:
        """In each run, by how much it holds; negative where it does not."""
        left = values(self.left)
        right = [0.0] * len(left) if self.right is None else values(self.right)
        return [self._margin(one, self.factor * other + self.more) for one, other in zip(left, right, strict=True)]

    def is_true(self, values: Values) -> bool | None:
        """Whether it surely is, at 95%; None where so many runs do not tell."""
        margins = self.margins(values)
        if not all(map(math.isfinite, margins)):
            held = {margin >= 0.0 for margin in margins}
            return held.pop() if len(held) == 1 else None
        found = bca(margins)
        if found.low is None or found.high is None:
            return None
        return True if found.low >= -ROUNDING else False if found.high < 0.0 else None

    def _margin(self, left: float, right: float) -> float:
        if left == right:  # both may be infinite
            return 0.0
        return right - left if self.is_less else left - right


def parse(text: str) -> Fact:
    """Raises `ValueError` for what is no such line, and for a metric that there is not."""
    found = _FACT.fullmatch(" ".join(text.split()))
    if found is None:
        raise ValueError('expected a line such as "goodput of patient >= goodput of hasty + 5%"')
    left = Side(found["l_metric"], found["l_client"], found["l_scenario"] or "")
    right = Side(found["r_metric"], found["r_client"], found["r_scenario"] or "") if found["r_metric"] else None
    sides = (left,) if right is None else (left, right)
    for side in sides:
        try:
            metric(side.metric)
        except KeyError:
            raise ValueError(f'there is no metric "{side.metric}"') from None
    more = 0.0
    if figure := found["figure"] or found["more"]:
        more = parse_objective(f"{left.metric} <= {figure}").limit * (-1.0 if found["sign"] == "-" else 1.0)
    return Fact(found[0], left, found["op"] == "<=", right, float(found["factor"] or 1.0) if right else 0.0, more)
