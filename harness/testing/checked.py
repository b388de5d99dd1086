"""The last question of a test: did what it scripted come to pass?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from brownout.fakes.virtual.errors import NobodyCanProceed, TimeIsUp

from .service import Service


class ProvesNothing(AssertionError):
    """A fault that was scripted did not take effect, or the service was shut before the end."""


class NeverEnds(AssertionError):
    """The program waits for ever, or for longer than there is time. What ends it goes through whatever it catches; this
    is what is left of it outside, where tools that judge tests can catch it."""


@contextmanager
def checked(opened: AbstractContextManager[Service]) -> Iterator[Service]:
    """The same, raising `ProvesNothing` at its end if there is anything to complain about, `NeverEnds` if the program
    never would, and `NotRouted` if anything else was reached for than the service."""
    with opened as service:
        try:
            yield service
        except (NobodyCanProceed, TimeIsUp) as ended:
            raise NeverEnds(f"{ended}\n{service.explain()}") from None
        if service.refused:
            raise service.refused[0]
        if complaints := service.complaints():
            raise ProvesNothing("\n".join(complaints))
