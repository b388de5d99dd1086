"""`brownout list` and `brownout show`."""

from __future__ import annotations

import click

from brownout import scenarios


def catalogue() -> str:
    """The names of everything shipped, a line each, with what it is about."""
    lines = []
    shipped = {
        "Scenarios": scenarios.incidents(),
        "Clients": scenarios.clients(),
        "Clients to start from": scenarios.presets(),
    }
    for title, found in shipped.items():
        width = max(map(len, found))
        lines.append(f"{title}:")
        lines += [f"  {name.ljust(width)}  {_about(path.read_text(encoding='utf-8'))}" for name, path in found.items()]
    return "\n".join(lines)


def _about(text: str) -> str:
    """The first sentence of a shipped file's `about:`."""
    from ruamel.yaml import YAML

    about = str(YAML(typ="safe", pure=True).load(text).get("about", ""))
    return about.partition(". ")[0].rstrip(".")


def text_of(name: str) -> str:
    """A shipped file, as it stands."""
    known = scenarios.incidents() | scenarios.known_clients()
    if name not in known:
        from brownout.harness.files.suggest import did_you_mean, quoted

        raise click.UsageError(f"nothing shipped is called {quoted(name)}{did_you_mean(name, known)}")
    return known[name].read_text(encoding="utf-8")
