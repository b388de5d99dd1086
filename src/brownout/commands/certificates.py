"""Certificates for a server of ours, by trustme: made anew each time, trusted by nobody who is not told to."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import trustme

MISSING = "--tls needs trustme: pip install 'brownout[tls]'"
LOOPBACK = ("localhost", "127.0.0.1", "::1")


@contextmanager
def certified(names: Iterable[str], ca_file: Path | None) -> Iterator[tuple[ssl.SSLContext, Path]]:
    """A server's context for loopback and those names, and where the certificate stands that clients have to trust:
    in the file given, or until this ends in one of its own. Raises `UsageError`."""
    try:
        import trustme
    except ImportError:
        raise click.UsageError(MISSING) from None
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.set_alpn_protocols(["http/1.1"])  # else a client that knows HTTP/2 may begin with it
    authority.issue_cert(*LOOPBACK, *_usable(names, authority)).configure_cert(context)
    with tempfile.TemporaryDirectory(prefix="brownout-") as folder:
        path = (ca_file or Path(folder, "ca.pem")).absolute()
        _write(path, authority.cert_pem.bytes())
        yield context, path


def _usable(names: Iterable[str], authority: trustme.CA) -> Iterator[str]:
    """Those that can stand in a certificate; a machine may be called `my_machine`."""
    for name in names:
        with suppress(ValueError):
            authority.issue_cert(name)
            yield name


def _write(path: Path, pem: bytes) -> None:
    """Whole or not at all: there may be somebody who waits for it."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(pem)
        part.replace(path)
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None
