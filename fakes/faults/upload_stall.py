"""The server does not read on while a request is being sent: a proxy with a full disk, a body that is scanned first."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import field_validator

from ..plan import ADMIT, RELEASE, Plan, Stall
from ..tcp import HELD
from .base import Fault, Where


class UploadStall(Fault):
    """Of the request the server reads the headers and nothing more, and never answers. A client whose prompt is larger
    than the buffers between the two meets its write timeout, any other its read timeout. The service does not hear of
    the request. A phase that `hits` what is in flight silences requests that have not arrived yet."""

    kind: Literal["upload_stall"] = "upload_stall"
    at: Literal["upload"] = "upload"  # type: ignore[assignment]  # before any moment that another fault can name
    example: ClassVar[dict[str, Any]] = {"kind": "upload_stall", "share": "5%"}
    fidelity: ClassVar[dict[str, str]] = {
        "wire": "faithful; how large a prompt it takes is up to the kernels' buffers, which are small where a phase "
        "has this fault: on Linux 90 kB and more meet the write timeout; under TLS it takes 1 MB, and where a test "
        "scripts it 4 MB. The path or the headers have to say whose request it is",
        "virtual": f"faithful; the network takes {HELD // 1024} KiB of a body",
        "sim": f"faithful; more than {HELD // 1024} KiB of prompt meet the write timeout",
    }
    on_upload: ClassVar[bool] = True

    @field_validator("where")
    @classmethod
    def _not_by_body(cls, where: Where | None) -> Where | None:
        if where is not None and where.stream is not None:
            raise ValueError("stream: nobody can tell before the body has come, and it does not come")
        return where

    def instead(self, rest: Plan) -> Plan | None:
        return (RELEASE, Stall()) if ADMIT in rest[1:] else None  # else it has come, and waits for a slot
