"""Content as it should not be: bytes that were right, and are no more. No I/O."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable, Iterator

from ..plan import Spoiling
from .message import chunk

_NAME = re.compile(rb"\Aevent: [^\n]*\n")


def events(data: bytes) -> Iterator[bytes]:
    """What is in each chunk of a chunked body, or of part of one."""
    while data:
        size, _, rest = data.partition(b"\r\n")
        yield rest[: int(size, 16)]
        data = rest[int(size, 16) + 2 :]


def spoil_stream(data: bytes, how: Spoiling) -> bytes:
    """Chunks of a stream, each an event, with what is wrong in the last of them; to swap, it takes two."""
    *before, last = events(data)
    match how:
        case "half":
            found = [*before, last[: len(last) // 2]]
        case "twice":
            found = [*before, last, last]
        case "swapped":
            found = [last, *before]
        case "no_name":
            found = [*before, _NAME.sub(b"", last)]
        case "no_gzip":
            found = [_broken_gzip(b"".join((*before, last)))]
        case "no_json" | "no_utf8":
            found = [*before, _SAME_LENGTH[how](last)]
    return b"".join(map(chunk, found))


def spoil_body(data: bytes, how: Spoiling) -> bytes:
    """The JSON of a plain answer. What has no meaning there is not done to it."""
    if how == "half":
        return data[: len(data) // 2]
    if how == "no_gzip":
        return _broken_gzip(data)
    return _SAME_LENGTH[how](data) if how in _SAME_LENGTH else data


def _no_json(data: bytes) -> bytes:
    """Its last brace is a bracket."""
    at = data.rindex(b"}")
    return data[:at] + b"]" + data[at + 1 :]


def _no_utf8(data: bytes) -> bytes:
    """The end of its last string is a byte that no character has."""
    at = max(0, data.rfind(b'"') - 1)
    return data[:at] + b"\xff" + data[at + 1 :]


def _broken_gzip(data: bytes) -> bytes:
    """It begins as it should, and what follows was never compressed."""
    return gzip.compress(data, mtime=0)[:10] + b"\xff" * 20


_SAME_LENGTH: dict[Spoiling, Callable[[bytes], bytes]] = {"no_json": _no_json, "no_utf8": _no_utf8}
