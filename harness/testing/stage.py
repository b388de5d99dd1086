"""Where a test plays: a server on one of the backends, its clock, and the thread that both belong to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol, TypeVar

from brownout.fakes.http.server import Server
from brownout.fakes.virtual.errors import NotRouted

Backend = Literal["virtual", "wire", "respx"]
T = TypeVar("T")


class Stage(Protocol):
    """The server answers already; this is how a test reaches it."""

    @property
    def backend(self) -> Backend: ...

    @property
    def server(self) -> Server: ...

    @property
    def url(self) -> str:
        """Where clients find it."""

    @property
    def refused(self) -> list[NotRouted]:
        """Attempts to reach anything else."""

    @property
    def was_cut(self) -> bool:
        """Whether the test took longer than its limit, and its clients got nothing but errors from then on."""

    def do(self, what: Callable[[], T]) -> T:
        """Call it where the server lives, between two events, and return what it returns."""
