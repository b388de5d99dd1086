"""Whether what a program did could be seen: else its figures would be those of something else."""

from __future__ import annotations

from collections.abc import Sequence

from brownout.fakes.http.server import Server

from ...importing import told
from ...ledger import Ledger
from ...program import Program
from ...scoring import Unplayable

_INSTEAD = "a program of any other kind can be played by --client-command"


def check_seen(program: Program, server: Server, strays: Sequence[Exception]) -> None:
    """Raise `Unplayable` for one that wanted to go elsewhere (`strays`), or has sent what belongs to no call."""
    if strays:
        raise Unplayable(
            f"{program.name}: {strays[0]}. A program is to take its base URL from ANTHROPIC_BASE_URL; {_INSTEAD}"
        )
    if number := server.register.count:
        raise Unplayable(
            f"{program.name}: {number} requests came outside of any call, or by another library than httpx, httpx2 and "
            f"what stands on them; {_INSTEAD}"
        )


def check_sends(program: Program, ledger: Ledger, raised: BaseException | None) -> None:
    """Raise `Unplayable` for one that has sent nothing in any of its calls; `raised` is what it had to say for it."""
    if not ledger.calls or ledger.attempts:
        return
    why = "its calls return without any" if raised is None else f"it raised {told(raised)}"
    raise Unplayable(f"{program.name} sends no request: {why}")
