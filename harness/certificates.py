"""Certificates for servers of ours, by trustme: made anew each time, trusted by nobody who is not told to."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from brownout.fakes.wire.certificates import AUTHORITY, GOOD, UNTRUSTED, file_of

if TYPE_CHECKING:
    import trustme

INSTALL = "pip install 'brownout[tls]'"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def can_certify() -> bool:
    """Whether trustme is installed."""
    return find_spec("trustme") is not None


@contextmanager
def certificates(names: Iterable[str] = ()) -> Iterator[Path]:
    """A folder with those for loopback and these names, that of the authority, and some that nobody trusts; until this
    ends. Raises `ImportError` without trustme."""
    with tempfile.TemporaryDirectory(prefix="brownout-") as made:
        folder = Path(made)
        make(folder, names)
        yield folder


def make(folder: Path, names: Iterable[str] = ()) -> None:
    """Write them into that folder."""
    import trustme

    authority = trustme.CA()
    names = (*LOOPBACK, *_usable(names, authority))
    file_of(folder, AUTHORITY).write_bytes(authority.cert_pem.bytes())
    issued = {
        GOOD: authority.issue_cert(*names),
        "expired": authority.issue_cert(*names, not_after=_LONG_AGO),
        "wrong_host": authority.issue_cert("elsewhere.invalid"),
    }
    for name, leaf in issued.items():
        file_of(folder, name).write_bytes(leaf.private_key_and_cert_chain_pem.bytes())
    stranger = trustme.CA()  # shown by itself it is signed by nobody else
    both = stranger.private_key_pem.bytes() + stranger.cert_pem.bytes()
    file_of(folder, "self_signed").write_bytes(both)
    assert all(file_of(folder, why).exists() for why in UNTRUSTED)


def _usable(names: Iterable[str], authority: trustme.CA) -> Iterator[str]:
    """Those that can stand in a certificate; a machine may be called `my_machine`."""
    for name in names:
        with suppress(ValueError):
            authority.issue_cert(name)
            yield name
