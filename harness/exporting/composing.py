"""Which snippets a client needs, and with what values: its layers in their order, and the parts that these use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..policies.layer import Layer
from ..policies.layers.retry import Retry
from . import facts
from .apart import Names
from .language import Language, Raw
from .template import Rendered, names_of, render


class NotExportable(ValueError):
    """A client with something that there is no snippet for. It is refused whole: nothing is left out."""


class Composed(NamedTuple):
    """A program in parts, each once, in the order of the file."""

    imports: list[str]
    parts: list[str]


def compose(language: Language, layers: Sequence[Layer], settings: dict[str, Any]) -> Composed:
    """The program with these layers, outermost first, around the SDK. Raises `NotExportable`."""
    there = {*language.snippets("layers"), *facts.LIMITS}
    missing = dict.fromkeys(f'"{each.name}"' for each in layers if each.name not in there)
    refused = ", ".join(missing) or facts.unclear(layers)
    if refused:
        raise NotExportable(f"cannot be exported to {language.name}: {refused}")
    around = [each for each in layers if each.name not in facts.LIMITS]
    known = settings | facts.limits(layers) | facts.of_others(around)
    composer = _Composer(language, around, known)
    while composer.finds_more():
        pass
    return composer.composed()


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
        names = names_of(layer) | facts.of_layer(layer, self.around)
        found = []
        if isinstance(layer, Retry) and layer.budget is not None:
            budget = self.language.snippets("budgets").get(layer.budget.name)
            if budget is None:
                raise NotExportable(f'cannot be exported to {self.language.name}: the "{layer.budget.name}" budget')
            rendered = self._rendered(budget.text, names_of(layer.budget) | facts.of_budget(layer.budget))
            found.append(rendered)
            names["budget"] = Raw(self.language.made(rendered.body, rendered.args))
        rendered = self._rendered(self.language.snippets("layers")[layer.name].text, names, layer.name)
        made = self.language.made(rendered.body, rendered.args)
        return self._names.keep_apart(made, [rendered, *found]), [rendered, *found]

    def _rendered(self, text: str, names: dict[str, Any], what: str = "") -> Rendered:
        rendered = render(text, self.known | names, self.language.literal)
        if rendered.refused:
            raise NotExportable(f'cannot be exported to {self.language.name}: "{what}" with {rendered.refused[0]}')
        return rendered
