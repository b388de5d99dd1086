"""Who may use the control port: programs of this machine, or whoever has the token; no page of a browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address
from urllib.parse import urlsplit

from .reading import Refused


@dataclass(frozen=True)
class Guard:
    """`token`: what everybody has to show, as one that others can reach needs it."""

    token: str | None = None

    def check(self, headers: Mapping[str, str]) -> None:
        """Raises `Refused`."""
        host = headers.get("host", "")
        if self.token is None and not is_loopback(host):
            # A page whose own name leads to this machine, by DNS rebinding, sends that name.
            raise Refused(403, "forbidden", "the Host header has to be localhost or a loopback address")
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            raise Refused(403, "forbidden", "requests from pages of other origins are not answered")
        if self.token is not None and not _is_shown(self.token, headers.get("authorization", "")):
            said = {"www-authenticate": "Bearer"}
            raise Refused(401, "unauthorized", "expected the token in the header `authorization: Bearer ...`", said)


def is_loopback(host: str) -> bool:
    """Whether a Host header names this machine, with a port or without."""
    if set(host) & set("@/?#\\ "):
        return False
    try:
        name = urlsplit(f"//{host}").hostname or ""
        return name == "localhost" or ip_address(name).is_loopback
    except ValueError:
        return False


def _is_shown(token: str, authorization: str) -> bool:
    kind, _, given = authorization.partition(" ")
    return kind.lower() == "bearer" and compare_digest(given.strip().encode("latin-1", "replace"), token.encode())
