"""Calls as somebody has recorded them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, PrivateAttr, ValidationInfo, model_validator

from brownout.fakes.distributions import TokenCounts
from brownout.fakes.empirical import ByQuantiles, Quantile
from brownout.fakes.recorded import Recorded
from brownout.fakes.units import Duration, Factor, TokenCount

from ...files import LocatedError
from ..calls import Calls
from ..traces import FORMATS, Columns, Rows, TraceError, read
from ..traces.replay import MOST_CALLS, Played, replay
from .base import Arrivals, Crowd, Schedule


class Trace(Arrivals):
    """Calls come as a table says that they came once, in .csv, .jsonl or .parquet: when, and how many tokens were asked
    and answered. Clients take them in turn. The path is relative to the scenario's file."""

    kind: Literal["trace"] = "trace"
    file: Annotated[str, Field(min_length=1)]
    columns: Annotated[Columns | None, Field(description="which column says what; not needed with `format`")] = None
    format: Annotated[
        Literal["azure-llm", "mooncake", "burstgpt"] | None, Field(description="the columns of a published trace")
    ] = None
    rate: Annotated[Factor, Field(gt=0, description="how often each call is made: `x2` twice, `x0.5` every second")] = (
        1.0
    )
    speed: Annotated[Factor, Field(gt=0, description="`x60` plays an hour in a minute")] = 1.0
    begins: Annotated[Duration, Field(alias="from", description="where in the trace to begin")] = 0.0
    lasts: Annotated[
        Duration | None, Field(alias="for", gt=0, description="how much of it, in its own time; not given: all")
    ] = None
    sha256: Annotated[
        str | None, Field(description="of the trace's file: given, it must be this one; not given, it is noted here")
    ] = None
    example: ClassVar[Mapping[str, Any]] = {
        **{"kind": "trace", "file": "calls.csv", "speed": "x60"},
        "columns": {"at": "time", "input_tokens": "prompt", "output_tokens": "answer", "unit": "ms"},
    }

    _rows: Rows = PrivateAttr()
    _spreads: dict[str, TokenCounts] = PrivateAttr()

    @model_validator(mode="after")
    def _load(self, info: ValidationInfo) -> Trace:
        columns = self._columns()
        if (folder := (info.context or {"folder": Path()}).get("folder")) is None:
            raise LocatedError("a trace is read from beside its scenario's file, and this scenario is in none", "file")
        try:
            self._rows = read(Path(folder) / self.file, columns, self.begins, self.lasts or math.inf)
        except TraceError as error:
            raise LocatedError(str(error), "file") from None
        if len(self._rows.at) * self.rate > MOST_CALLS:
            raise LocatedError(f"more than {MOST_CALLS:,} calls", "rate")
        if self.sha256 not in (None, self._rows.sha256):
            raise LocatedError(f"the file is another one: its SHA-256 is {self._rows.sha256}", "sha256")
        known = {"input_tokens": self._rows.input_tokens, "output_tokens": self._rows.output_tokens}
        self._spreads = {name: _spread(counts) for name, counts in known.items() if counts is not None}
        object.__setattr__(self, "sha256", self._rows.sha256)  # so that what depends on it knows what is in the file
        return self

    def _columns(self) -> Columns:
        if (self.columns is None) == (self.format is None):
            raise ValueError("expected either columns or format")
        return self.columns or FORMATS[self.format or ""]

    def schedule(self, crowd: Crowd) -> Schedule:
        return _InTurn(replay(self._rows, self.rate, self.speed), crowd)

    def mean_rate(self, clients: int, horizon: float) -> float:
        return sum(at < horizon for at in replay(self._rows, self.rate, self.speed).at) / horizon

    def sampled(self, share: float) -> Self:
        return self.model_copy(update={"rate": self.rate * share})

    def recorded(self, clients: int, number_one: int) -> Recorded | None:
        tokens = replay(self._rows, self.rate, self.speed).output_tokens
        return None if tokens is None else Recorded(number_one, clients, tokens)

    def described(self, calls: Calls) -> Calls:
        return calls.model_copy(update=self._spreads)


_SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0)


def _spread(counts: array[int]) -> TokenCounts:
    """About how they are distributed."""
    found = np.quantile(np.frombuffer(counts, np.int64), _SHARES, method="inverted_cdf")
    points = [
        Quantile[TokenCount].model_construct(at=share, value=int(value))
        for share, value in zip(_SHARES, found, strict=True)
    ]
    return ByQuantiles[TokenCount].model_construct(quantiles=tuple(points))


class _InTurn(Schedule):
    """Call number n of all is that of client n modulo their number."""

    def __init__(self, played: Played, crowd: Crowd) -> None:
        self._played, self._clients, self._number_one = played, crowd.clients, crowd.first

    def _which(self, client: int, call: int) -> int:
        return call * self._clients + client - self._number_one

    def following(self, client: int, call: int, since: float) -> float:
        which = self._which(client, call + 1)
        return self._played.at[which] if which < len(self._played.at) else math.inf

    def input_tokens(self, client: int, call: int) -> int | None:
        counts = self._played.input_tokens
        return None if counts is None else counts[self._which(client, call)]
