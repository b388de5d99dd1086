"""TypeScript: the SDK alone, wherever there is `fetch`."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from ..policies.effects import Timeouts
from ..policies.layers.sdk import Sdk
from .folding import folded
from .language import Language, Raw


class TypeScript(Language):
    """In the manner of Prettier, with lines as long as Python's."""

    name = "typescript"

    def literal(self, value: Any) -> str:
        match value:
            case Raw():
                return value
            case tuple():
                return f"[{', '.join(map(self.literal, value))}]"
            case dict():
                return "{ " + ", ".join(f"{key}: {self.literal(each)}" for key, each in value.items()) + " }"
            case float() if value.is_integer():
                return str(int(value))
        return json.dumps(value, ensure_ascii=False)

    def made(self, body: str, args: Sequence[tuple[str, str]]) -> str:
        found = re.search(r"^(?:(class)|function) (\w+)", body, re.MULTILINE)
        assert found is not None
        new, name = "new " if found[1] else "", found[2]
        given = ", ".join(each if each == value else f"{each}: {value}" for each, value in args)
        options = f"{{ {given} }}" if given else ""
        if name == "send":  # the innermost, which takes the SDK's client besides
            return f"send(this.sdk{', ' if options else ''}{options})"
        return f"{new}{name}({options})"

    def folded(self, made: str) -> str:
        return folded(made, " " * 8, "  ", hugs=True)

    def settings(self, timeouts: Timeouts, sdk: Sdk) -> dict[str, Any]:
        assert timeouts.read is not None
        return {"timeout": timeouts.read * 1000, "max_retries": sdk.max_retries}

    def framed(self, about: Sequence[str], imports: Sequence[str], parts: Sequence[str]) -> str:
        head = "\n".join(["/**", *(f" * {line.replace('*/', '* /')}".rstrip() for line in about), " */"])
        return "\n\n".join([head, 'import Anthropic from "@anthropic-ai/sdk";', *parts]) + "\n"
