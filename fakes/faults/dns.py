"""The name cannot be resolved: a record that is gone, a resolver that does not answer."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..plan import Plan
from ..units import Duration
from .base import Fault, Opening


class Dns(Fault):
    """No address is found for the name, so that no connection is opened. Those that are open are not affected."""

    kind: Literal["dns"] = "dns"
    at: Literal["arrival"] = "arrival"
    after: Annotated[
        Duration, Field(description="the resolver gives up then, as for now; 0s: it says at once that there is no name")
    ] = 0.0
    example: ClassVar[dict[str, Any]] = {"kind": "dns", "after": "1s", "share": "20%"}
    fidelity: ClassVar[dict[str, str]] = {
        "wire": "not available: the fake is reached by its address, and names are the client's machine's to resolve",
        "virtual": "faithful where it is known whose connection it is, as in `run` and `compare`; else a share is "
        "drawn by the number of the connection, and for a `where` it is reset once its first request has arrived",
        "sim": "faithful",
    }
    on_connect: ClassVar[bool] = True
    opening: ClassVar[Opening | None] = "unresolved"

    def instead(self, rest: Plan) -> None:
        return None
