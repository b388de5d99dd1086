"""The last question of a test: did what it scripted come to pass?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from .service import Service


class ProvesNothing(AssertionError):
    """A fault that was scripted did not take effect, or the service was shut before the end."""


@contextmanager
def checked(opened: AbstractContextManager[Service]) -> Iterator[Service]:
    """The same, raising `ProvesNothing` at its end if there is anything to complain about, and `NotRouted` if anything
    else was reached for than the service."""
    with opened as service:
        yield service
        if service.refused:
            raise service.refused[0]
        if complaints := service.complaints():
            raise ProvesNothing("\n".join(complaints))
