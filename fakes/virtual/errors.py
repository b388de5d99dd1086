"""What virtual time has to say against a program."""

from __future__ import annotations


class VirtualTimeError(BaseException):
    """The program cannot go on in virtual time. Not an `Exception`: a client that retries on anything must not."""


class NobodyCanProceed(VirtualTimeError):
    """Everybody waits, and nothing is scheduled that could end it."""


class TimeStandsStill(VirtualTimeError):
    """Somebody takes turn after turn and never waits, so that no time passes."""


class TimeIsUp(VirtualTimeError):
    """More virtual time has passed than anybody wanted to give: a program that retries for ever never gets stuck."""


class ForeignThread(VirtualTimeError):
    """A thread of the operating system, to which virtual time means nothing, has touched something that lives in it."""


class NotRouted(ConnectionError):
    """A connection to somewhere that is not faked. It was not opened."""
