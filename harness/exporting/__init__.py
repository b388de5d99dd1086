"""A client file as a program of one's own: the SDK's options, and a short wrapper without further dependencies."""

from __future__ import annotations

from ..client import Client
from ..files.suggest import did_you_mean, quoted
from .composing import NotExportable, compose
from .heading import heading
from .language import Language
from .python import Python
from .typescript import TypeScript

__all__ = ["LANGUAGES", "NotExportable", "export"]

LANGUAGES: dict[str, Language] = {each.name: each for each in (Python(), TypeScript())}


def export(client: Client, to: str, *, profile: str = "", named: str = "") -> str:
    """The program in that language, `profile`: for calls of that kind. `named`: how the client is called where it is to
    be exported again. Raises `NotExportable`."""
    language = LANGUAGES.get(to)
    if language is None:
        raise NotExportable(f"unknown language {quoted(to)}{did_you_mean(to, LANGUAGES)}")
    given = dict(client.profiles.given())
    if profile and profile not in given:
        raise NotExportable(f"{client.name} has no profile {quoted(profile)}{did_you_mean(profile, given)}")
    own = given[profile].layers if profile else None
    *around, _ = client.layers if own is None else own
    settings = language.settings(client.timeouts_of(profile), client.sdk_of(profile))
    composed = compose(language, around, settings)
    return language.framed(heading(client, to, profile, named or client.name), composed.imports, composed.parts)
