"""`brownout list` and `brownout show`."""

from __future__ import annotations

import click

from brownout import scenarios


def catalogue() -> str:
    """The names of everything shipped, a line each, with what it is about."""
    lines = []
    shipped = {
        "Scenarios": scenarios.incidents(),
        "Scenarios of weeks, for alerts": scenarios.months(),
        "Alert rules": scenarios.alerts(),
        "Clients": scenarios.clients(),
        "Clients to start from": scenarios.presets(),
        "Claims of a guide": scenarios.guide(),
        "Findings of the literature": scenarios.literature(),
    }
    for title, found in shipped.items():
        width = max(map(len, found))
        lines.append(f"{title}:")
        lines += [f"  {name.ljust(width)}  {_about(path.read_text(encoding='utf-8'))}" for name, path in found.items()]
    return "\n".join(lines)


def _about(text: str) -> str:
    """The first sentence of a shipped file's `about:`, or of what it claims."""
    from ruamel.yaml import YAML

    file = YAML(typ="safe", pure=True).load(text)
    about = str(file.get("about") or file.get("says", ""))
    return about.partition(". ")[0].rstrip(".")


def text_of(name: str) -> str:
    """A shipped file, as it stands."""
    known = scenarios.scenarios() | scenarios.alerts() | scenarios.known_clients() | scenarios.claims()
    if name not in known:
        from brownout.harness.files.suggest import did_you_mean, quoted

        raise click.UsageError(f"nothing shipped is called {quoted(name)}{did_you_mean(name, known)}")
    return known[name].read_text(encoding="utf-8")
