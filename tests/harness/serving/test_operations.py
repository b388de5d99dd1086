"""Every operation of the control port, by HTTP."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest

from brownout.harness.serving.journal import Journal
from brownout.harness.serving.operations import OPERATIONS

from ...loops import on_loop
from .hosting import ASK, FILE, hosted, until

OVERLOADED = {"kind": "overload"}
LIMITED = FILE.replace("server: {", "server: {limits: {requests: 60/min, per: key}, ")
STORM = FILE.replace("name: quick", "name: storm").replace("{for: 1h}", "{for: 1h, faults: [{kind: overload}]}")


@on_loop
async def test_the_state_of_a_server_that_nobody_has_asked() -> None:
    async with hosted(LIMITED) as here:
        found = await here.state()
    quotas = found.pop("quotas")
    assert [(quota["name"], quota["limit"]) for quota in quotas] == [("requests", 60)]
    assert found == {
        "scenario": "quick",
        "seed": 1,
        "time_scale": 20.0,
        "has_begun": False,
        "now": 0.0,
        "phase": {"number": 1, "of": 1, "faults": []},
        "faults": [],
        "replies_left": 0,
        "rules": 0,
        "requests": {"served": 0, "under_way": 0, "turned_away": 0},
        "lateness": {"worst": 0.0, "limit": 0.05, "late_requests": 0, "late": False},
    }


@on_loop
async def test_quotas_are_those_of_the_key_that_is_shown() -> None:
    async with hosted(LIMITED) as here:
        await here.ask(key="one")
        left = [
            (await here.control.get("state", headers={"x-api-key": key})).json()["quotas"][0]["remaining"]
            for key in ("one", "two")
        ]
    assert left[0] < left[1] == 60


@on_loop
async def test_quotas_are_those_of_the_model_that_is_named() -> None:
    """In the state, and in the headers of its answers."""
    async with hosted(LIMITED.replace("per: key", "per: model")) as here:
        headers = [(await here.ask(model=model)).headers for model in ("small", "small", "large")]
        left = [(await here.control.get(f"state?model={model}")).json() for model in ("small", "large", "other")]
    assert [int(each["anthropic-ratelimit-requests-remaining"]) for each in headers] == [59, 58, 59]
    assert [each["quotas"][0]["remaining"] >= 59 for each in left] == [False, True, True]


@on_loop
async def test_another_scenario_by_name_as_text_and_as_a_file() -> None:
    async with hosted() as here:
        found = await here.control.put("scenario", json={"name": "stall-mid-stream"})
        assert (found.status_code, found.json()["scenario"]) == (200, "stall-mid-stream")
        assert not found.json()["has_begun"]
        found = await here.control.put("scenario", json={"yaml": STORM})
        assert found.json()["phase"]["faults"] == ["overload"]
        assert (await here.ask()).status_code == 529
        found = await here.control.put("scenario", content=FILE, headers={"content-type": "application/yaml"})
        assert found.json()["scenario"] == "quick"
        assert (await here.ask()).status_code == 200


@on_loop
async def test_errors_are_worded_as_the_loader_of_files_words_them() -> None:
    async with hosted() as here:
        file = STORM.replace("kind: overload", "kind: overlaod")
        found = await here.control.put("scenario", content=file, headers={"content-type": "text/yaml"})
        assert (found.status_code, found.json()["error"]["type"]) == (422, "invalid")
        assert found.json()["error"]["message"].startswith(
            'scenario:4:38: unknown fault "overlaod", did you mean "overload"?'
        )
        found = await here.control.put("scenario", json={"name": "clam"})
        assert found.status_code == 422
        assert found.json()["error"]["message"].startswith('unknown scenario "clam", did you mean "calm"?')
        found = await here.control.put("scenario", json={"name": "/etc/passwd"})
        assert found.status_code == 422
        found = await here.control.post("faults", content=b'{"fault": {"kind": "stall", "for": 10}}')
        assert (found.status_code, found.json()["error"]["message"][:12]) == (422, "body:1:36: e")
        assert (await here.state())["faults"] == []


@on_loop
async def test_what_a_port_without_tls_cannot_play_is_refused() -> None:
    """Scripted, in phases and in scenarios; nothing of it is in force then."""
    async with hosted() as here:
        for kind, why in (("dns", "dns is not available on wire"), ("tls_reset", "tls_reset is a fault of TLS")):
            fault = {"kind": kind}
            phases = [{"for": "10s", "faults": [fault]}]
            file = FILE.replace("{for: 1h}", f"{{for: 1h, faults: [{{kind: {kind}}}]}}")
            refused = [
                await here.control.post("faults", json={"fault": fault}),
                await here.control.post("phases", json={"phases": phases}),
                await here.control.put("scenario", json={"yaml": file}),
            ]
            assert [found.status_code for found in refused] == [422] * 3
            assert all(found.json()["error"]["message"].startswith(why) for found in refused)
        assert (await here.ask()).status_code == 200
        assert (await here.state())["faults"] == []


@on_loop
async def test_another_scenario_while_somebody_is_answered() -> None:
    async with hosted() as here:
        await here.post("faults", fault={"kind": "stall"})
        async with here.fake.stream("POST", "/v1/messages", json=ASK | {"stream": True}, headers={"x-api-key": "k"}):
            found = await here.control.put("scenario", json={"yaml": STORM})
            assert (found.status_code, found.json()["error"]["type"]) == (409, "conflict")
            found = await here.control.put("scenario?drop=true", json={"yaml": STORM})
            assert found.json()["scenario"] == "storm"
        await until(lambda: len(here.host.desk.journal) == 1)
        assert (await here.ask()).status_code == 529


@on_loop
async def test_a_fault_for_the_next_requests() -> None:
    async with hosted() as here:
        made = await here.post("faults", fault=OVERLOADED, times=2)
        assert made == {
            "id": "fault-1", "fault": OVERLOADED, "times": 2, "left": 2, "planned": 0, "fired": 0, "key": None,
            "test": None, "until": None,
        }  # fmt: skip
        assert [(await here.ask()).status_code for _ in range(3)] == [529, 529, 200]
        [known] = (await here.get("faults"))["faults"]
        assert known == made | {"left": 0, "planned": 2, "fired": 2}
        assert (await here.state())["faults"] == [{"name": "scripted 1: overload", "planned": 2, "fired": 2}]


@on_loop
async def test_a_fault_is_taken_back() -> None:
    async with hosted() as here:
        first = await here.post("faults", fault=OVERLOADED, times=None)
        second = await here.post("faults", fault={"kind": "rate_limit", "retry_after": "3s"}, times=None)
        assert second["fault"] == {"kind": "rate_limit", "retry_after": "3s"}
        assert [(await here.ask()).status_code for _ in range(3)] == [529] * 3
        assert (await here.control.delete(f"faults/{first['id']}")).status_code == 204
        assert (await here.control.delete(f"faults/{first['id']}")).status_code == 404
        assert (await here.ask()).status_code == 429
        assert (await here.control.delete("faults")).status_code == 204
        assert (await here.ask()).status_code == 200
        assert await here.get("faults") == {"faults": []}
        assert (await here.post("faults", fault=OVERLOADED))["id"] == "fault-3"


@on_loop
async def test_a_fault_that_reverts_by_itself() -> None:
    """By the clock of the scenario, and for all requests until then."""
    async with hosted() as here:
        made = await here.post("faults", fault=OVERLOADED, **{"for": "10s"})
        assert (made["times"], made["left"]) == (None, None)
        now = (await here.state())["now"]
        assert now < made["until"] < now + 10 + 1e-6
        assert [(await here.ask()).status_code for _ in range(2)] == [529, 529]
        await until(lambda: not here.host.desk.faults())
        assert (await here.state())["now"] >= made["until"]
        assert (await here.ask()).status_code == 200


@on_loop
async def test_phases() -> None:
    """The clock begins with them, if nobody has come yet; the port itself is shut, and comes back."""
    async with hosted() as here:
        phases = [{"for": "20s", "faults": [{"kind": "refuse"}]}, {"for": "1s"}]
        found = await here.post("phases", phases=phases)
        assert (found["has_begun"], found["phase"]) == (True, {"number": 2, "of": 3, "faults": ["refuse"]})
        with pytest.raises(httpx2.ConnectError):
            await here.ask()
        await until(lambda: here.host.server.endpoint.timeline.index == 2)
        assert (await here.ask()).status_code == 200


@on_loop
async def test_replies() -> None:
    call = {"type": "tool_use", "name": "look", "input": {"at": [1, "ü"]}, "id": "toolu_1"}
    whole = {
        "content": [{"type": "thinking", "thinking": "Hm."}, {"type": "text", "text": "I look."}, call],
        "usage": {"cache_read_input_tokens": 7},
    }
    async with hosted() as here:
        assert await here.post("replies", replies=["Hi!", whole]) == {"replies_left": 2, "rules": 0}
        assert (await here.ask()).json()["content"] == [{"type": "text", "text": "Hi!"}]
        found = (await here.ask()).json()
        assert [block["type"] for block in found["content"]] == ["thinking", "text", "tool_use"]
        assert found["content"][2].items() >= call.items()
        assert (found["stop_reason"], found["usage"]["cache_read_input_tokens"]) == ("tool_use", 7)
        assert (await here.state())["replies_left"] == 0


def said(*content: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": each} for each in content]


@on_loop
async def test_rules() -> None:
    """The first that is for a request, as often as it comes; scripted replies go before."""
    rules = [
        {"when": {"has_tool_result": True}, "reply": "Done."},
        {"when": {"contains": "tide", "model": "claude-opus-5"}, "reply": "Moon."},
        {"when": {"contains": "tide", "has_tool_result": False}, "reply": "Sea."},
    ]
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "the tide"}]}
    async with hosted() as here:
        await here.post("replies", replies=["First."], rules=rules)
        asked = [
            {},
            {"messages": said("the tide")},
            {"messages": said("the tide"), "model": "claude-opus-5"},
            {"messages": said([{"type": "text", "text": "the tide"}])},
            {"messages": said("the tide", [result])},
        ]
        got = [(await here.ask(**each)).json()["content"][0]["text"] for each in asked]
        assert got == ["First.", "Sea.", "Moon.", "Sea.", "Done."]
        usual = (await here.ask(messages=said("the tide", "else"))).json()["content"][0]["text"]
        assert usual not in got
        assert (await here.control.delete("replies")).status_code == 204
        assert (await here.ask(messages=said("the tide"))).json()["content"][0]["text"] == usual


@on_loop
async def test_what_took_no_effect() -> None:
    async with hosted() as here:
        await here.post("faults", fault=OVERLOADED)
        [line] = (await here.get("complaints"))["complaints"]
        assert line.startswith("overload was scripted for 1 request")
        await here.ask()
        assert await here.get("complaints") == {"complaints": []}


@on_loop
async def test_everything_as_at_the_start() -> None:
    async with hosted() as here:
        before = await here.state()
        await here.control.put("scenario", json={"yaml": STORM})
        assert (await here.ask()).status_code == 529
        await here.post("faults", fault=OVERLOADED, times=None, **{"for": "1h"})
        await here.post("replies", replies=["Hi!"], rules=[{"when": {}, "reply": "Always."}])
        await here.post("phases", phases=[{"for": "1s", "faults": [{"kind": "refuse"}]}])
        assert await here.post("reset") == before
        assert (await here.get("journal"))["records"] == []
        assert (await here.get("faults"))["faults"] == []
        assert (await here.ask()).json()["content"][0]["text"].startswith("The lamps")
        [record] = (await here.get("journal"))["records"]
        assert (record["number"], record["who"]) == (1, {"client": 0, "call": 0, "attempt": 0, "branch": 0})


@on_loop
async def test_what_is_not_there() -> None:
    async with hosted() as here:
        found = await here.control.get("nothing")
        assert (found.status_code, found.json()["error"]["type"]) == (404, "not_found")
        found = await here.control.patch("faults")
        assert (found.status_code, found.headers["allow"]) == (405, "GET, POST, DELETE")
        for path in ("journal?limit=1001", "journal?after=x", "journal?befor=1"):
            assert (await here.control.get(path)).status_code == 422
        found = await here.control.post("faults", content=b"x" * (256 * 1024 + 1))
        assert found.status_code == 413


def test_every_operation_is_asked_for_here() -> None:
    """Or in the tests of the journal and of metrics."""
    paths = {operation.path.split("/{")[0].removeprefix("/") for operation in OPERATIONS}
    assert paths == {
        "state", "scenario", "phases", "faults", "replies", "journal", "journal/stream", "complaints", "reset",
        "metrics",
    }  # fmt: skip
    assert Journal(1.0).page(0, 1) == ([], 0)
