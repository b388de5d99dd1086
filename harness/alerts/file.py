"""The file of an alert rule."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from brownout.fakes.units import Duration

from ..files import by_kind
from ..names import Name
from .kinds import KINDS
from .rule import Rule


class RuleFile(BaseModel):
    """A rule, and for how long it has to hold before anybody is called."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Name
    about: str = ""
    rule: Annotated[Rule, by_kind(KINDS, "kind of rule")]
    hold: Annotated[Duration, Field(alias="for", description="how long it has to fire before somebody is called")] = 0.0
    severity: Annotated[Name, Field(description="a label for whoever is called, such as `page` or `ticket`")] = "page"

    def harder(self, times: float) -> RuleFile | None:
        """With the rule so many times as hard to set off; None where that would be never."""
        rule = self.rule.harder(times)
        return None if rule is None else self.model_copy(update={"rule": rule})
