"""TLS on the wire, for scenarios in which it is what goes wrong."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from brownout.fakes.wire.certificates import AUTHORITY, Certificates, file_of

from ...certificates import certificates
from ...scenario import Scenario


@dataclass(frozen=True, slots=True)
class Secured:
    """What the server shows, and whom clients have to trust; nothing of both where TLS is not spoken."""

    shown: Certificates | None = None
    authority: Path | None = None

    @property
    def tls(self) -> ssl.SSLContext | None:
        return None if self.shown is None else self.shown.good

    @property
    def untrusted(self) -> Mapping[str, ssl.SSLContext]:
        return {} if self.shown is None else self.shown.untrusted

    def trusting(self) -> ssl.SSLContext | None:
        """That of a client of ours."""
        return None if self.authority is None else ssl.create_default_context(cafile=str(self.authority))

    @property
    def variables(self) -> dict[str, str]:
        """What tells programs whom to trust: those that use OpenSSL, and Node."""
        return {} if self.authority is None else dict.fromkeys(_VARIABLES, str(self.authority))


_VARIABLES = "SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS"


@contextmanager
def secured(scenario: Scenario) -> Iterator[Secured]:
    """For a run of this scenario."""
    if not scenario.has_tls_faults:
        yield Secured()
        return
    with certificates() as folder:
        yield Secured(Certificates.read(folder), file_of(folder, AUTHORITY))


@contextmanager
def trusted_here(given: Secured) -> Iterator[None]:
    """While this lasts, clients that are made in this process trust it."""
    before = {name: os.environ.get(name) for name in given.variables}
    os.environ.update(given.variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
