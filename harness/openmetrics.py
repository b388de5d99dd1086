"""The text format of OpenMetrics, version 1.0.0: families of samples, each a name with labels and a value."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import accumulate

MEDIA_TYPE = "application/openmetrics-text; version=1.0.0; charset=utf-8"
Labels = Mapping[str, str]
_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class Families:
    """Of one program: their names begin with `prefix`, and none is added twice."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._lines: list[str] = []

    def counter(self, name: str, about: str, samples: Iterable[tuple[Labels, float]]) -> None:
        """What only grows, until it begins again at 0."""
        self._head(name, "counter", about)
        self._add(f"{name}_total", samples)

    def gauge(self, name: str, about: str, samples: Iterable[tuple[Labels, float]], unit: str = "") -> None:
        """What goes up and down. A unit ends the name."""
        self._head(name, "gauge", about, unit)
        self._add(name, samples)

    def info(self, name: str, about: str, labels: Labels) -> None:
        """What is said by labels alone."""
        self._head(name, "info", about)
        self._add(f"{name}_info", [(labels, 1.0)])

    def histogram(
        self,
        name: str,
        about: str,
        unit: str,
        bounds: Sequence[float],
        samples: Iterable[tuple[Labels, Sequence[int], float]],
    ) -> None:
        """`samples`: labels, how many lie between one of `bounds` and the next and beyond the last, and their sum."""
        self._head(name, "histogram", about, unit)
        for labels, places, total in samples:
            within = [*accumulate(places)]
            upper = zip((*bounds, math.inf), within, strict=True)
            self._add(f"{name}_bucket", (({**labels, "le": number(bound)}, count) for bound, count in upper))
            self._add(f"{name}_count", [(labels, within[-1])])
            self._add(f"{name}_sum", [(labels, total)])

    def __str__(self) -> str:
        """The whole exposition. It has no time stamps: whoever scrapes it knows when."""
        return "\n".join((*self._lines, "# EOF")) + "\n"

    def _head(self, name: str, kind: str, about: str, unit: str = "") -> None:
        self._lines += head(self._prefix + name, kind, about, unit)

    def _add(self, name: str, samples: Iterable[tuple[Labels, float]]) -> None:
        self._lines += (sample(self._prefix + name, labels, value) for labels, value in samples)


def head(name: str, kind: str, about: str, unit: str = "") -> Iterator[str]:
    """The lines that begin a family."""
    yield f"# TYPE {name} {kind}"
    if unit:
        yield f"# UNIT {name} {unit}"
    yield f"# HELP {name} {escaped(about)}"


def sample(name: str, labels: Labels, value: float) -> str:
    """One line."""
    inside = ",".join(f'{label}="{escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{inside}}} {number(value)}" if inside else f"{name} {number(value)}"


def escaped(text: str) -> str:
    """As it stands between quotes, and after HELP."""
    return text.translate(_ESCAPES)


def number(value: float) -> str:
    """As short as it can be read back exactly, and a bound as other exporters write it: `20.0`."""
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return repr(float(value))
