"""What the values of options may be. Imports nothing heavy: what reads them is imported for the first one."""

from __future__ import annotations

import math
from typing import Any

import click


class Share(click.ParamType[float]):
    """`5%`."""

    name = "share"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        from brownout.fakes.units import UnitError, parse_share

        try:
            share = parse_share(value)
        except UnitError as error:
            hint = f"; {error.hint}" if error.hint else ""
            self.fail(f'expected {error.expected}, got "{value}"{hint}', param, ctx)
        if not share:
            self.fail(f'expected more than 0%, got "{value}"', param, ctx)
        return share


class Scale(click.ParamType[float]):
    """How many seconds of the scenario pass in one: `20`, `0.5`."""

    name = "float"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        try:
            scale = float(value)
        except ValueError:
            scale = math.nan
        if not 0.0 < scale < math.inf:
            self.fail(f'expected a number above 0, got "{value}"', param, ctx)
        return scale


class Span(click.ParamType[float]):
    """`5s`."""

    name = "duration"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        if isinstance(value, float):
            return value
        from brownout.fakes.units import UnitError, parse_duration

        try:
            return parse_duration(value)
        except UnitError as error:
            hint = f"; {error.hint}" if error.hint else ""
            self.fail(f'expected {error.expected}, got "{value}"{hint}', param, ctx)


class Weight(click.ParamType[tuple[str, float]]):
    """`rate-limit-storm=2`."""

    name = "NAME=NUMBER"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, float]:
        name, _, number = str(value).partition("=")
        try:
            weight = float(number)
        except ValueError:
            weight = math.nan
        if not name or not 0.0 <= weight < math.inf:
            self.fail(f'expected a scenario and its weight such as "calm=0.5", got "{value}"', param, ctx)
        return name, weight


class Column(click.ParamType[tuple[str, str]]):
    """`latency=total_ms`, or `latency=total:ms`."""

    name = "FIELD=COLUMN"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        from brownout.harness.latencies.columns import FIELDS

        field, _, column = str(value).partition("=")
        if field not in FIELDS or not column:
            *fields, last = FIELDS
            said = f'expected {", ".join(fields)} or {last}, and a column, such as "latency=total_ms"'
            self.fail(f'{said}, got "{value}"', param, ctx)
        return field, column


class Format(click.ParamType[str]):
    """`markdown`."""

    name = "FORMAT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from brownout.harness.files.suggest import did_you_mean, quoted
        from brownout.reports.formats import names

        if value not in names():
            self.fail(f"there is no format {quoted(value)}{did_you_mean(value, names())}", param, ctx)
        return str(value)
