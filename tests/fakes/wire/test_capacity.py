"""Slots and the queue in front of them, as clients on the wire see them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from itertools import pairwise

import pytest

from brownout.fakes.capacity import Capacity
from brownout.fakes.endpoint import Service
from brownout.fakes.journal import Served
from brownout.fakes.wire.server import WireServer

from ...loops import on_loop
from .raw import RawClient, request
from .serving import ENDLESS, service, serving, until


def one_slot(tokens: int = ENDLESS, **settings: object) -> Service:
    """A service that makes one answer at a time; who asks for few tokens gets no more."""
    return service(capacity=Capacity.model_validate({"slots": 1, **settings}), tokens=tokens)


def served(server: WireServer, client: int) -> Served:
    """The journal's record of a client's only request."""
    (record,) = (record for record in server.endpoint.journal() if record.who.client == client)
    return record


async def queued(server: WireServer, stack: AsyncExitStack, number: int, max_tokens: int = 8) -> RawClient:
    """A client that has asked for a stream, and now has the slot or stands at the end of the queue."""
    slots = server.endpoint.slots
    before = slots.busy + slots.waiting
    client = await stack.enter_async_context(await RawClient.connect(server.port))
    await client.send(request(stream=True, who=f"{number}/0/0/0", max_tokens=max_tokens))
    await until(lambda: slots.busy + slots.waiting == before + 1)
    return client


@on_loop
async def test_who_comes_first_is_served_first() -> None:
    """With one slot, answers come one after the other, in the order in which the requests came."""
    async with serving(one_slot()) as server, AsyncExitStack() as stack:
        answered: list[int] = []

        async def answer(number: int, client: RawClient) -> None:
            assert (await client.answer()).status == "HTTP/1.1 200 OK"
            answered.append(number)

        holder = await queued(server, stack, 9, max_tokens=ENDLESS)
        clients = [await queued(server, stack, number) for number in range(6)]
        holder.close()
        await asyncio.gather(*(answer(number, client) for number, client in enumerate(clients)))
        records = [served(server, number) for number in range(6)]
    assert answered == [0, 1, 2, 3, 4, 5]
    for before, after in pairwise(records):
        assert before.ended is not None
        assert after.granted is not None
        assert before.granted is not None
        assert before.granted < after.granted <= before.ended


@on_loop
async def test_who_leaves_the_queue_is_passed_over() -> None:
    """The slot goes to the next one who is still there, and the server never works for the one who left."""
    async with serving(one_slot()) as server, AsyncExitStack() as stack:
        holder = await queued(server, stack, 0, max_tokens=ENDLESS)
        leaver, stayer = [await queued(server, stack, number) for number in (1, 2)]
        leaver.close()
        await until(lambda: server.endpoint.slots.waiting == 1)
        holder.close()
        await stayer.answer()
        assert served(server, 1).granted is None
        assert served(server, 1).left is not None


@pytest.mark.parametrize("queue", [0, 2])
@on_loop
async def test_behind_a_full_queue_there_is_an_overload(queue: int) -> None:
    """Who finds every slot and every place in the queue taken gets a 529 at once, before anybody is done."""
    async with serving(one_slot(queue=queue)) as server, AsyncExitStack() as stack:
        holder = await queued(server, stack, 0, max_tokens=ENDLESS)
        clients = [await queued(server, stack, number) for number in range(1, 1 + queue)]
        async with await RawClient.connect(server.port) as late:
            refused = await late.ask(who="9/0/0/0")
        assert refused.status == "HTTP/1.1 529 Overloaded"
        assert refused.json["error"] == {"type": "overloaded_error", "message": "Overloaded"}
        holder.close()
        for client in clients:
            assert (await client.answer()).status == "HTTP/1.1 200 OK"


@on_loop
async def test_cancelled_work_makes_way_at_once() -> None:
    """With `on_disconnect: cancel` whoever waits is served as soon as the client before has gone."""
    async with serving(one_slot(on_disconnect="cancel")) as server, AsyncExitStack() as stack:
        leaver = await queued(server, stack, 0, max_tokens=ENDLESS)
        follower = await queued(server, stack, 1)
        leaver.close()
        await follower.answer()
        left, following = served(server, 0), served(server, 1)
    assert left.left == left.ended == following.granted


@on_loop
async def test_finished_work_does_not_make_way() -> None:
    """With `on_disconnect: finish` whoever waits still does when the client before has gone."""
    async with serving(one_slot(on_disconnect="finish")) as server, AsyncExitStack() as stack:
        leaver = await queued(server, stack, 0, max_tokens=ENDLESS)
        await queued(server, stack, 1)
        leaver.close()
        await until(lambda: served(server, 0).left is not None)
        for _ in range(2):  # whatever was to follow from that has
            async with await RawClient.connect(server.port) as other:
                await other.ask(body=b"{")
        assert (served(server, 0).ended, served(server, 1).granted) == (None, None)


@on_loop
async def test_finished_work_keeps_its_slot_until_it_is_done() -> None:
    """With `on_disconnect: finish` whoever waits is served when the answer would have been over, and not before."""
    async with serving(one_slot(tokens=50, on_disconnect="finish")) as server, AsyncExitStack() as stack:
        leaver = await queued(server, stack, 0, max_tokens=50)
        leaver.close()
        async with await RawClient.connect(server.port) as follower:
            await follower.ask(who="1/0/0/0")
        gone, following = served(server, 0), served(server, 1)
    assert gone.base is not None
    assert following.granted is not None
    assert following.granted >= gone.arrived + gone.base
    assert gone.sent_tokens == 50


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "plain"])
@pytest.mark.parametrize("leaving", ["cancel", "finish"])
@on_loop
async def test_the_journal_says_whether_the_whole_answer_was_made(leaving: str, stream: bool) -> None:
    """It was for who stayed; for who left, only if the service finishes what it has begun."""
    what = one_slot(tokens=20, on_disconnect=leaving)
    async with serving(what) as server, AsyncExitStack() as stack:
        stayed, left = [await stack.enter_async_context(await RawClient.connect(server.port)) for _ in range(2)]
        await stayed.ask(stream=stream, who="0/0/0/0")
        await left.send(request(stream=stream, who="1/0/0/0"))
        await until(lambda: server.endpoint.slots.busy)
        left.close()
        await until(lambda: not server.endpoint.slots.busy)
        await until(lambda: served(server, 1).ended is not None)
        assert (served(server, 0).is_complete, served(server, 1).is_complete) == (True, leaving == "finish")
