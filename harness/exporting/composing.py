"""Which snippets a client needs, and with what values: its layers in their order, and the parts that these use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from pydantic import BaseModel

from ..policies.carried import CarriedLimit
from ..policies.causes import CAUSES
from ..policies.layer import Layer
from ..policies.layers.breaker import Breaker
from ..policies.layers.fallback import Fallback
from ..policies.layers.retry import Retry
from ..policies.totals import TotalLimit
from ..policies.windows import steps_of
from .apart import Names
from .language import Language, Raw
from .template import Rendered, names_of, render

REFUSALS = {"breaker_open": "breaker", "rejected": "concurrency"}
"""Causes that only a layer of the client's own brings about."""
PARTS = {"timeout": ("connect_timeout", "read_timeout")}
"""Causes that are part of another: where any layer tells them apart, who lists the whole lists the parts."""


class NotExportable(ValueError):
    """A client with something that there is no snippet for. It is refused whole: nothing is left out."""


class Composed(NamedTuple):
    """A program in parts, each once, in the order of the file."""

    imports: list[str]
    parts: list[str]


def compose(language: Language, layers: Sequence[Layer], settings: dict[str, Any]) -> Composed:
    """The program with these layers, outermost first, around the SDK. Raises `NotExportable`."""
    missing = [each.name for each in layers if each.name not in language.snippets("layers")]
    missing = [name for name in missing if name not in _limits(layers)]
    if missing:
        named = ", ".join(f'"{name}"' for name in dict.fromkeys(missing))
        raise NotExportable(f"cannot be exported to {language.name}: {named}")
    around = [each for each in layers if not isinstance(each, CarriedLimit)]
    for layer in around:
        streams = {"stream_before_text", "stream_after_text"} & set(_listed(layer))
        if any("in_stream_error" in _listed(each) for each in around) and len(streams) == 1:
            [half] = streams
            raise NotExportable(
                f'cannot be exported to {language.name}: "in_stream_error" where "{layer.name}" lists "{half}" alone'
            )
    known = settings | _limits(layers) | _facts(around)
    composer = _Composer(language, around, known)
    while composer.finds_more():
        pass
    return composer.composed()


def _limits(layers: Sequence[Layer]) -> dict[str, float | None]:
    """Those that the innermost layer keeps, wherever they stand; of two the shorter counts."""
    limits: dict[str, float | None] = {"first_byte": None, "first_token": None, "content_gap": None}
    for layer in layers:
        if isinstance(layer, CarriedLimit):
            before = limits[layer.name]
            limits[layer.name] = layer.limit if before is None else min(before, layer.limit)
    return limits


def _facts(around: Sequence[Layer]) -> dict[str, Any]:
    """What snippets may want to know of the others."""
    breakers = [i for i, layer in enumerate(around) if isinstance(layer, Breaker)]
    limited = any(isinstance(layer, TotalLimit) for i in breakers for layer in around[:i])
    named = {cause for layer in around for cause in _causes(layer, around)}
    return {"layers.limited": limited} | {f"cause.{cause}": cause in named for cause in CAUSES}


def _causes(layer: Layer, around: Sequence[Layer]) -> tuple[str, ...]:
    """Those that it lists, and that can come about here."""
    listed = _listed(layer)
    there = {each.name for each in around}
    within = {cause for each in around for cause in _listed(each)}
    found = [cause for cause in listed if cause not in REFUSALS or REFUSALS[cause] in there]
    for whole, parts in PARTS.items():
        found += [part for part in parts if whole in listed and part in within and part not in listed]
    return tuple(found)


def _listed(layer: Layer) -> tuple[str, ...]:
    return getattr(layer, "on", None) or getattr(layer, "counts", None) or ()


@dataclass
class _Composer:
    language: Language
    around: Sequence[Layer]
    known: dict[str, Any]

    def __post_init__(self) -> None:
        self._needed = ["claude"]
        self.known["innermost"] = Raw("")

    def finds_more(self) -> bool:
        """Render everything once with what is known to be needed; whether more is needed then."""
        self._names = Names()
        self._layers = [self._layer(layer) for layer in self.around]
        listing = "\n".join(self.language.folded(f"{made},") for made, _ in self._layers)
        self.known["layers"] = Raw(listing) if self.around else None
        parts = self.language.snippets("parts")
        self._parts = {name: self._rendered(parts[name].text, {}) for name in self._needed}
        if sdk := self._parts.get("sdk"):
            self.known["innermost"] = Raw(self.language.made(sdk.body, sdk.args))
        every = [*self._parts.values(), *(each for _, rendered in self._layers for each in rendered)]
        wanted = dict.fromkeys([*self._needed, *(name for each in every for name in each.needs)])
        is_more = len(wanted) > len(self._needed)
        self._needed = list(wanted)
        self.known |= {f"part.{name}": True for name in wanted}
        return is_more

    def composed(self) -> Composed:
        self.finds_more()  # once more, now that every part knows of all others
        order = self.language.snippets("parts")
        names = sorted(self._needed, key=lambda name: order[name].order)
        before = [self._parts[name] for name in names if order[name].order < 30]
        after = [self._parts[name] for name in names if order[name].order >= 30]
        within = [each for _, rendered in self._layers for each in rendered]
        every = [*before, *within, *after]
        imports = dict.fromkeys(wanted for each in every for wanted in each.imports)
        return Composed(list(imports), [body for body in dict.fromkeys(each.body for each in every) if body])

    def _layer(self, layer: Layer) -> tuple[str, list[Rendered]]:
        """How it is made, and the snippets for that."""
        names = names_of(layer)
        if isinstance(layer, Breaker) and layer.window is not None:
            names |= _steps(layer.window, "time", "window.step")
        names |= {name: _causes(layer, self.around) for name in ("on", "counts") if names.get(name) is not None}
        found = []
        if isinstance(layer, Retry) and layer.budget is not None:
            budget = self.language.snippets("budgets").get(layer.budget.name)
            if budget is None:
                raise NotExportable(f'cannot be exported to {self.language.name}: the "{layer.budget.name}" budget')
            rendered = self._rendered(budget.text, names_of(layer.budget) | _steps(layer.budget, "window", "step"))
            found.append(rendered)
            names["budget"] = Raw(self.language.made(rendered.body, rendered.args))
        if isinstance(layer, Fallback):
            names["to.endpoints"] = any(each.endpoint for each in layer.to)
            names["to"] = tuple(each.model_dump(exclude_defaults=True) for each in layer.to)
        rendered = self._rendered(self.language.snippets("layers")[layer.name].text, names, layer.name)
        made = self.language.made(rendered.body, rendered.args)
        return self._names.keep_apart(made, [rendered, *found]), [rendered, *found]

    def _rendered(self, text: str, names: dict[str, Any], what: str = "") -> Rendered:
        rendered = render(text, self.known | names, self.language.literal)
        if rendered.refused:
            raise NotExportable(f'cannot be exported to {self.language.name}: "{what}" with {rendered.refused[0]}')
        return rendered


def _steps(model: BaseModel, window: str, name: str) -> dict[str, Any]:
    """How long a step is of a window in time, if it has one: what is counted in a step is forgotten with it."""
    length = getattr(model, window, None)
    return {name: length / steps_of(length)} if length else {}
