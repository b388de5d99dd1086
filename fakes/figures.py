"""What all distributions have in common: frozen values of a file, of durations or of token counts."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict

Figure = TypeVar("Figure", bound=float)


class Spread(BaseModel, Generic[Figure]):
    """A distribution, or a part of one."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle finds a class by its name, and a generic one that was parametrised inside another has none."""
        meta = type(self).__pydantic_generic_metadata__
        return _rebuilt, (meta["origin"], meta["args"], self.__getstate__())


def _rebuilt(origin: Any, parameters: Any, state: Any) -> Any:
    model = origin[parameters]
    made = model.__new__(model)
    made.__setstate__(state)
    return made
