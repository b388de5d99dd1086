"""A minimal fake of messages on Starlette: what somebody writes in an afternoon. Small answers at once; streams at
20 tokens a second, each token due at an absolute time."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

GAP = 0.05
TEXT = "The lamps went dim at nine and nobody in the"
USAGE = {"input_tokens": 10, "output_tokens": 10}


def _event(name: str, data: dict[str, Any]) -> bytes:
    return f"event: {name}\ndata: {json.dumps({'type': name, **data})}\n\n".encode()


async def _stream(tokens: int) -> AsyncIterator[bytes]:
    began = time.monotonic()
    yield _event("message_start", {"message": {"id": "msg_1", "role": "assistant", "content": [], "usage": USAGE}})
    yield _event("content_block_start", {"index": 0, "content_block": {"type": "text", "text": ""}})
    for k in range(1, tokens + 1):
        await asyncio.sleep(max(0.0, began + k * GAP - time.monotonic()))
        yield _event("content_block_delta", {"index": 0, "delta": {"type": "text_delta", "text": "word "}})
    yield _event("content_block_stop", {"index": 0})
    yield _event("message_delta", {"delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": tokens}})
    yield _event("message_stop", {})


async def messages(request: Request) -> Response:
    """One answer."""
    asked = await request.json()
    if asked.get("stream"):
        return StreamingResponse(_stream(asked["max_tokens"]), media_type="text/event-stream")
    content = [{"type": "text", "text": TEXT}]
    answer = {"id": "msg_1", "type": "message", "role": "assistant", "model": asked["model"], "content": content,
              "stop_reason": "end_turn", "stop_sequence": None, "usage": USAGE}  # fmt: skip
    return JSONResponse(answer, headers={"request-id": "req_1"})


if __name__ == "__main__":
    app = Starlette(routes=[Route("/v1/messages", messages, methods=["POST"])])
    uvicorn.run(
        app, host="127.0.0.1", port=int(sys.argv[1]), loop=sys.argv[2], http="httptools", access_log=False,
        log_level="error", backlog=4096,
    )  # fmt: skip
