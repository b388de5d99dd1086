"""What a server shows of itself under TLS: a certificate that is in order, and those that are not. Read from files, so
that whoever reads them needs nothing that makes any."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

GOOD = "good"
UNTRUSTED = ("expired", "self_signed", "wrong_host")
"""As `bad_certificate` names what is wrong."""
AUTHORITY = "ca"
"""Whom clients have to trust."""


def file_of(folder: Path, name: str) -> Path:
    """Where one stands, with its key."""
    return folder / f"{name}.pem"


@dataclass(frozen=True, slots=True)
class Certificates:
    """One context of a server for each."""

    good: ssl.SSLContext
    untrusted: Mapping[str, ssl.SSLContext]

    @classmethod
    def read(cls, folder: Path) -> Self:
        """Those that stand in the folder."""
        return cls(_context(folder, GOOD), {why: _context(folder, why) for why in UNTRUSTED})


def _context(folder: Path, name: str) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])  # else a client that knows HTTP/2 may begin with it
    context.load_cert_chain(file_of(folder, name))
    return context
