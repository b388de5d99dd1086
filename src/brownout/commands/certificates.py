"""Certificates for `brownout serve --tls`, and where users find the one that their clients have to trust."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from brownout.fakes.wire.certificates import AUTHORITY, Certificates, file_of
from brownout.harness.certificates import INSTALL, can_certify, certificates

MISSING = f"--tls needs trustme: {INSTALL}"


@contextmanager
def certified(names: Iterable[str], ca_file: Path | None) -> Iterator[tuple[Certificates, Path]]:
    """A server's certificates for loopback and those names, and where the one stands that clients have to trust: in the
    file given, or until this ends in one of its own. Raises `UsageError`."""
    if not can_certify():
        raise click.UsageError(MISSING)
    with certificates(names) as folder:
        path = file_of(folder, AUTHORITY)
        if ca_file is not None:
            path = _written(ca_file.absolute(), path.read_bytes())
        yield Certificates.read(folder), path


def _written(path: Path, pem: bytes) -> Path:
    """Whole or not at all: there may be somebody who waits for it."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_bytes(pem)
        part.replace(path)
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {(error.strerror or str(error)).lower()}") from None
    return path
