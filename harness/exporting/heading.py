"""What an exported file says of itself first: of which client it is made, how to make it again, what is not in it."""

from __future__ import annotations

import shlex
from textwrap import wrap

from ..client import Client
from .folding import WIDTH

_NARROW = WIDTH - 4
"""Room for the signs of a comment."""


def heading(client: Client, to: str, profile: str, named: str) -> list[str]:
    """Its lines. `named`: how the client is called on the command line."""
    command = ["brownout", "export", named, "--as", to, *(["--profile", profile] if profile else [])]
    kind = f"{profile} calls of the client" if profile else "The client"
    paragraphs = [
        f"{kind[0].upper()}{kind[1:]} `{client.name}`, as code of your own.",
        client.about,
        f"Made by `{shlex.join(command)}`, which makes it again.",
    ]
    others = [name for name, _ in client.profiles.given() if name != profile]
    if others:
        also = " or ".join(f"`--profile {name}`" for name in others)
        paragraphs.append(f"Other kinds of calls, which the file treats in a way of their own, are not here: {also}.")
    if to == "typescript":
        paragraphs.append(
            "Of the file's timeouts `fetch` has one, on the time to the headers, which is `read`; connect, write and "
            "pool are part of it."
        )
    lines: list[str] = []
    for paragraph in filter(None, paragraphs):
        lines += [*([""] if lines else []), *wrap(paragraph, _NARROW, break_long_words=False, break_on_hyphens=False)]
    return lines
