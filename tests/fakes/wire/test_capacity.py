"""Slots and the queue in front of them, as clients on the wire see them."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import pytest
from brownout.fakes.capacity import Capacity
from brownout.fakes.journal import Served
from brownout.fakes.wire.server import WireServer

from .raw import Message, RawClient, request
from .serving import on_loop, service, serving, until


def one_slot(on_disconnect: str = "cancel", queue: int | None = None) -> Capacity:
    return Capacity.model_validate({"slots": 1, "queue": queue, "on_disconnect": on_disconnect})


def served(server: WireServer, client: int) -> Served:
    """The journal's record of a client's only request."""
    (record,) = (record for record in server.endpoint.journal() if record.who.client == client)
    return record


async def queued(server: WireServer, stack: AsyncExitStack, number: int, stream: bool = False) -> RawClient:
    """A client that has sent its request, which now has the slot or stands at the end of the queue."""
    slots = server.endpoint.slots
    before = slots.busy + slots.waiting
    client = await stack.enter_async_context(await RawClient.connect(server.port))
    await client.send(request(stream, who=f"{number}/0/0/0"))
    await until(lambda: slots.busy + slots.waiting == before + 1)
    return client


@on_loop
async def test_who_comes_first_is_served_first() -> None:
    """With one slot, answers come one after the other, in the order in which the requests came."""
    async with serving(service(capacity=one_slot())) as server, AsyncExitStack() as stack:
        answered: list[int] = []

        async def answer(number: int, client: RawClient) -> None:
            assert (await client.answer()).status == "HTTP/1.1 200 OK"
            answered.append(number)

        clients = [await queued(server, stack, number) for number in range(6)]
        await asyncio.gather(*(answer(number, client) for number, client in enumerate(clients)))
        records = [served(server, number) for number in range(6)]
    assert answered == [0, 1, 2, 3, 4, 5]
    for before, after in zip(records, records[1:], strict=False):
        assert before.ended is not None
        assert after.granted is not None
        assert before.granted is not None
        assert before.granted < after.granted


@on_loop
async def test_who_leaves_the_queue_is_passed_over() -> None:
    """The slot goes to the next one who is still there, and the server never works for the one who left."""
    async with serving(service(capacity=one_slot())) as server, AsyncExitStack() as stack:
        first, second, third = [await queued(server, stack, number) for number in range(3)]
        second.close()
        await until(lambda: server.endpoint.slots.waiting == 1)
        await first.answer()
        await third.answer()
        assert served(server, 1).granted is None
        assert served(server, 1).left is not None


@pytest.mark.parametrize("queue", [0, 2])
@on_loop
async def test_behind_a_full_queue_there_is_an_overload(queue: int) -> None:
    """Who finds every slot and every place in the queue taken gets a 529 at once, before anybody is done."""
    async with serving(service(capacity=one_slot(queue=queue))) as server, AsyncExitStack() as stack:
        clients = [await queued(server, stack, number) for number in range(1 + queue)]
        async with await RawClient.connect(server.port) as late:
            refused: Message = await late.ask(who="9/0/0/0")
        assert refused.status == "HTTP/1.1 529 Overloaded"
        assert refused.json["error"] == {"type": "overloaded_error", "message": "Overloaded"}
        assert served(server, 0).ended is None
        for client in clients:
            assert (await client.answer()).status == "HTTP/1.1 200 OK"


ENDLESS = 10**6
"""Tokens of an answer that takes hours."""


@on_loop
async def test_cancelled_work_makes_way_at_once() -> None:
    """With `on_disconnect: cancel` whoever waits is served as soon as the client before has gone."""
    what = service(capacity=one_slot("cancel"), tokens=ENDLESS)
    async with serving(what) as server, AsyncExitStack() as stack:
        first = await queued(server, stack, 0, stream=True)
        await first.until(b"content_block_delta")
        second = await queued(server, stack, 1, stream=True)
        first.close()
        await second.until(b"content_block_delta")
        assert server.endpoint.slots.busy == 1
        left, granted = served(server, 0).left, served(server, 1).granted
    assert left == served(server, 0).ended == granted


@on_loop
async def test_finished_work_keeps_its_slot_until_it_is_done() -> None:
    """With `on_disconnect: finish` whoever waits is served only when the answer would have been over."""
    async with serving(service(capacity=one_slot("finish"), tokens=600)) as server, AsyncExitStack() as stack:
        first = await queued(server, stack, 0, stream=True)
        await first.until(b"content_block_delta")
        second = await queued(server, stack, 1, stream=True)
        first.close()
        await second.answer()
        gone, following = served(server, 0), served(server, 1)
    assert gone.granted is not None
    assert gone.base is not None
    assert gone.left is not None
    assert following.granted is not None
    would_have_ended = gone.granted + gone.base
    assert gone.left < would_have_ended <= following.granted
    assert gone.sent_tokens == 600
