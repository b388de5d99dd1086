"""Python: the standard library, and the SDK on asyncio."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from typing import Any

from ..policies.effects import Timeouts
from ..policies.layers.sdk import Sdk
from .composing import NotExportable
from .folding import folded
from .language import Language, Raw

_LIBRARIES = {"2": "httpx2", "0": "httpx"}
"""On which the SDK stands: what it lets through of that has to be caught."""


class Python(Language):
    """Formatted as ruff does by default."""

    name = "python"

    def literal(self, value: Any) -> str:
        match value:
            case Raw():
                return value
            case str():
                return json.dumps(value, ensure_ascii=False)
            case tuple():
                items = ", ".join(map(self.literal, value))
                return f"({items},)" if len(value) == 1 else f"({items})"
            case dict():
                items = ", ".join(f"{self.literal(key)}: {self.literal(each)}" for key, each in value.items())
                return f"{{{items}}}"
        return repr(value)

    def made(self, body: str, args: Sequence[tuple[str, str]]) -> str:
        found = re.search(r"^class (\w+)", body, re.MULTILINE)
        assert found is not None
        return f"{found[1]}({', '.join(f'{name}={value}' for name, value in args)})"

    def folded(self, made: str) -> str:
        return folded(made, " " * 12)

    def settings(self, timeouts: Timeouts, sdk: Sdk) -> dict[str, Any]:
        if sdk.language != "python":
            raise NotExportable('its "sdk" is the one for TypeScript: export it as typescript')
        limits = ", ".join(f"{name}={self.literal(limit)}" for name, limit in timeouts._asdict().items())
        return {
            "library": Raw(_LIBRARIES[sdk.major]),
            "timeouts": Raw(limits),
            "max_retries": sdk.max_retries,
        }

    def framed(self, about: Sequence[str], imports: Sequence[str], parts: Sequence[str]) -> str:
        text = "\n".join(about).replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
        text += "\n" if len(about) > 1 else ""
        return f'"""{text}"""\n\n' + "\n\n\n".join([_imported(imports), *parts]) + "\n"


def _imported(wanted: Sequence[str]) -> str:
    """The standard library's, then the others; each module once."""
    plain = {line.removeprefix("import ") for line in wanted if line.startswith("import ")}
    names: dict[str, set[str]] = {}
    for line in wanted:
        if line.startswith("from "):
            module, _, name = line.removeprefix("from ").partition(" import ")
            names.setdefault(module, set()).add(name)
    lines = ["from __future__ import annotations"]
    for is_ours in (True, False):
        group = [f"import {name}" for name in sorted(plain) if _is_standard(name) is is_ours]
        group += [
            f"from {module} import {', '.join(sorted(found))}"
            for module, found in sorted(names.items())
            if _is_standard(module) is is_ours
        ]
        lines += ["", *group]
    return "\n".join(lines)


def _is_standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names
