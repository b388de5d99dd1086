"""What curl got, told as an SDK would tell it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def told(case: str, got: Mapping[str, Any]) -> dict[str, Any]:
    """The outcome of a case, from all calls that it took."""
    calls = got["calls"]
    body = calls[-1]["body"]
    if case == "broken":
        names = [event["type"] for event in body]
        return {"error": calls[-1]["code"] or None, "pieces": names.count("content_block_delta")}
    if calls[-1]["status"] != 200:
        ids = {"request_id": body["request_id"], "retry_after": calls[-1]["retry_after"]}
        return {"status": calls[-1]["status"], **body["error"], **ids}
    match case.removeprefix("beta_"):
        case "batch":
            return _batch([call["body"] for call in calls])
        case "models":
            return {"ids": [model["id"] for call in calls for model in call["body"]["data"]]}
        case "count" | "model":
            return dict(body)
    return _shown(_message(body) if isinstance(body, list) else body)


def _batch(bodies: Sequence[Any]) -> dict[str, Any]:
    made, ended, results = bodies
    kinds = [(each["custom_id"], each["result"]) for each in results]
    return {
        "first": made["processing_status"],
        "succeeded": ended["request_counts"]["succeeded"],
        "results": [[name, result["type"], result["message"]["content"][0]["type"]] for name, result in kinds],
    }


def _message(events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What a stream makes up."""
    message: dict[str, Any] = events[0]["message"]
    for event in events:
        match event["type"]:
            case "content_block_start":
                message["content"].append(event["content_block"] | {"json": ""})
            case "content_block_delta":
                message["content"][-1]["json"] += event["delta"].get("partial_json", "")
            case "message_delta":
                message |= event["delta"]
                message["usage"] |= event["usage"]
    for block in message["content"]:
        if block["type"] == "tool_use":
            block["input"] = json.loads(block["json"])
    return message


def _shown(message: Mapping[str, Any]) -> dict[str, Any]:
    blocks = message["content"]
    return {
        "types": [block["type"] for block in blocks],
        "stop_reason": message["stop_reason"],
        "output_tokens": message["usage"]["output_tokens"],
        "inputs": [block["input"] for block in blocks if block["type"] == "tool_use"],
    }
