"""Two layers of one kind are two definitions, unless they read the same: the second is called `Retry2`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from .template import Rendered

_DEFINED = re.compile(r"^(?:export )?(?:async )?(?:class|def|function|interface|const|type) (\w+)", re.MULTILINE)


@dataclass
class Names:
    """What has been defined so far: by which snippet, and what it came to."""

    _taken: dict[str, str] = field(default_factory=dict)

    def keep_apart(self, made: str, parts: list[Rendered]) -> str:
        """Rename in a layer and what belongs to it what is defined otherwise already; the code that makes it then."""
        while clashing := [name for name, body in _definitions(parts) if self._taken.get(name, body) != body]:
            for name in clashing:
                new = f"{name.rstrip('23456789')}{int(re.sub('[^0-9]', '', name) or 1) + 1}"
                # A function is called; elsewhere its name may be a word of a comment.
                word = re.compile(rf"\b{name}\b" + (r"(?=\()" if name[0].islower() else ""))
                for part in parts:
                    part.lines = [word.sub(new, line) for line in part.lines]
                made = word.sub(new, made)
        self._taken |= dict(_definitions(parts))
        return made


def _definitions(parts: list[Rendered]) -> list[tuple[str, str]]:
    return [(name, part.body) for part in parts for name in _DEFINED.findall(part.body)]
