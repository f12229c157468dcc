"""asyncio on the descriptor of a queue."""

import asyncio
import gc
import os
import select
import threading

import psq
import pytest


def open_descriptors():
    return len(os.listdir("/proc/self/fd"))


def test_tasks_wait_for_items_beside_each_other(queue):
    async def main():
        tasks = [asyncio.create_task(queue.aget()) for _ in range(3)]
        await asyncio.sleep(0)
        thread = threading.Thread(target=queue.put_many, args=(range(3),))
        thread.start()
        received = await asyncio.gather(*tasks)
        thread.join()
        return received

    assert sorted(asyncio.run(main())) == [0, 1, 2]


def test_a_cancelled_get_takes_nothing_and_leaves_nothing(queue):
    async def main():
        queue.fileno()
        gc.collect()  # what earlier tests left
        before = open_descriptors()
        for _ in range(20):
            with pytest.raises(asyncio.TimeoutError):
                await asyncio.wait_for(queue.aget(), 0.001)
        assert open_descriptors() <= before
        queue.put("kept")
        return await queue.aget()

    assert asyncio.run(main()) == "kept"


def test_a_put_waits_for_a_slot_and_a_cancelled_one_puts_nothing():
    queue = psq.Queue(1)

    async def main():
        await queue.aput(1)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(queue.aput(2), 0.01)
        task = asyncio.create_task(queue.aput(3))
        await asyncio.sleep(0.01)
        assert not task.done()
        first = await queue.aget()
        await task
        return first, await queue.aget()

    assert asyncio.run(main()) == (1, 3)
    assert queue.qsize() == 0


def test_close_ends_a_get_that_waits(queue):
    async def main():
        task = asyncio.create_task(queue.aget())
        await asyncio.sleep(0.01)
        queue.close()
        with pytest.raises(psq.Closed):
            await task
        with pytest.raises(psq.Closed):
            await queue.aput(1)

    asyncio.run(main())


@pytest.mark.parametrize("of", [psq.Queue, psq.JoinableQueue, psq.SimpleQueue])
def test_the_descriptor_is_readable_while_an_item_is_there(of):
    queue = of()
    assert select.select([queue], [], [], 0)[0] == []
    queue.put(1)
    assert select.select([queue], [], [], 30)[0] == [queue]
    assert psq.wait([queue], 30) == [queue]
    queue.get()
    assert select.select([queue], [], [], 0)[0] == []
