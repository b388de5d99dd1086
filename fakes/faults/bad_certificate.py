"""The certificate is not to be trusted: nobody has renewed it, a proxy shows its own, a name leads to another host."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ..plan import Plan
from .base import Fault, Opening
from .tls_reset import TlsReset
from .tls_stall import TlsStall


class BadCertificate(Fault):
    """On a new connection a certificate is shown that is expired, signed by itself or for another host: the client
    breaks off. One that checks none is not hit, nor are connections that are open."""

    kind: Literal["bad_certificate"] = "bad_certificate"
    at: Literal["arrival"] = "arrival"
    why: Annotated[
        Literal["expired", "self_signed", "wrong_host"], Field(description="what is wrong with the certificate")
    ] = "expired"
    example: ClassVar[dict[str, Any]] = {"kind": "bad_certificate", "why": "expired", "share": "20%"}
    fidelity: ClassVar[dict[str, str]] = {
        "wire": TlsReset.fidelity["wire"],
        "virtual": f"{TlsStall.fidelity['virtual']}; the error is the one that OpenSSL gives",
        "sim": "faithful, for a client that checks certificates",
    }
    on_connect: ClassVar[bool] = True
    opening: ClassVar[Opening | None] = "untrusted"

    def instead(self, rest: Plan) -> None:
        return None
