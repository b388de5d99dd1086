"""What a terminal can show: how wide it is, whether it has colours, and which characters."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TextIO

_USUAL = 110
"""Columns of running text where nobody looks on while it is written: a file, a log."""
_LEAST = 30

_STYLES = {"missed": "31", "fail": "31;1", "pass": "32;1", "best": "1"}
"""SGR parameters: red, bold red, bold green, bold."""
_ASCII = str.maketrans({"–": "-", "−": "-", "×": "x", "’": "'", "…": "~"})


_COMMAND = re.compile(r"^((?:\s|\033\[[0-9;]*m)*):(?=:)|#(?=#\[)", re.MULTILINE)
"""Where GitHub's runner would find a command: `::` after blanks at the beginning of a line, `##[` anywhere in one."""


@dataclass(frozen=True, slots=True)
class Terminal:
    """`limit` is the columns a line may have; None where lines may be as long as they are. `is_github`: the log of a
    runner, which obeys lines of a certain form."""

    width: int = _USUAL
    limit: int | None = None
    has_colour: bool = False
    has_unicode: bool = True
    is_github: bool = False

    @classmethod
    def of(cls, stream: TextIO, environ: Mapping[str, str]) -> Terminal:
        """The one that a stream goes to. `NO_COLOR` (no-color.org) and `TERM=dumb` are obeyed, and `FORCE_COLOR`, as a
        CI has no terminal and shows colours all the same."""
        is_terminal = stream.isatty()
        has_unicode = (stream.encoding or "").lower().replace("-", "").startswith("utf")
        is_dumb = environ.get("TERM") == "dumb"
        has_colour = (is_terminal and not is_dumb) or bool(environ.get("FORCE_COLOR"))
        has_colour = has_colour and not environ.get("NO_COLOR")
        is_github = environ.get("GITHUB_ACTIONS") == "true"
        if not is_terminal:
            return cls(has_colour=has_colour, has_unicode=has_unicode, is_github=is_github)
        width = max(_LEAST, shutil.get_terminal_size((80, 24)).columns)
        return cls(min(width, _USUAL), width, has_colour, has_unicode, is_github)

    def styled(self, text: str, style: str) -> str:
        """The text in a style of ours, if it is given one and there are colours."""
        return f"\033[{_STYLES[style]}m{text}\033[0m" if style and self.has_colour else text

    def told(self, text: str) -> str:
        """The text in characters that there are, and none of its lines a command."""
        if self.is_github:
            text = _COMMAND.sub(lambda found: f"{found[0]} ", text)
        if self.has_unicode:
            return text
        return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")
