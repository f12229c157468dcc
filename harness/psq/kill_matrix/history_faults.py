"""The faults that generated programs are to find, and within which budget."""

from __future__ import annotations

from dataclasses import dataclass

_QUEUE = "queue.many_to_many__programs"
_TASKS = "joinable_queue.join_waits_for_tasks__programs"
_SIMPLE = "simple_queue.order_fifo__programs"
_PIPE = "pipe.order_messages__programs"
_DUPLEX = "pipe.duplex_both_ways_at_once__programs"

# Those whose names begin so are too rare for the scenarios: no other test is asked to find them.
RARE = "rare-"


@dataclass(frozen=True)
class HistoryFault:
    """A fault, the test that has to find it, and the clauses at which it may show."""

    name: str
    test: str
    clauses: tuple[str, ...]
    budget: float = 20.0


def _rows(test: str, page: str, faults: dict[str, str]) -> list[HistoryFault]:
    return [
        HistoryFault(name, test, tuple(f"{page}.{clause}" for clause in clauses.split()))
        for name, clauses in faults.items()
    ]


# What a lost item shows as depends on who misses it: its getter, or whoever counts in the end.
_LOST = "get.exactly-once get.waits-for-item put.blocks-when-full"
_LOST_MESSAGE = "order.messages recv.waits-for-message send.waits-when-full"

HISTORY_FAULTS = [
    *_rows(
        _QUEUE,
        "queue",
        {
            "rare-full-early": "put.full-after-timeout",
            "rare-empty-early": "get.empty-after-timeout",
            "rare-get-twice": f"{_LOST} get.empty-at-once",
            "rare-get-loses": _LOST,
            "rare-item-garbled": "item.sizes-intact",
            "rare-qsize": "qsize.counts-slots",
            "get-loses-rarely": _LOST,
            "get-duplicates-in-crowd": f"{_LOST} many-to-many create.bound",
            "feeder-swaps": "order.per-producer order.threads-of-one-producer",
            "feeder-skips": _LOST,
            "threads-batch-apart": f"{_LOST} order.threads-of-one-producer order.per-producer",
            "bound-races": "create.bound create.bound-among-producers",
            "get-starves": "get.waits-for-item get.all-waiting-served",
            "put-starves": "put.blocks-when-full put.all-waiting-served put.slot-within-timeout",
            "exit-does-not-flush": f"{_LOST} exit.flushes",
            "close-forgets": f"{_LOST} close.flushes",
        },
    ),
    *_rows(
        _TASKS,
        "joinable-queue",
        {
            "rare-task-done-lost": "join.returns-at-zero task-done.too-often",
            "rare-join-early": "join.waits-for-tasks",
            "counts-late": "task-done.at-once-after-get join.waits-for-tasks task-done.too-often",
            "join-for-producers-only": "join.waits-for-tasks join.every-producer",
            "second-joiner-forgotten": "join.returns-at-zero join.releases-all",
            "tasks-feeder-swaps": "order.per-producer",
            "tasks-get-loses": f"{_LOST} put.slot-freed-by-get",
            "tasks-full-counts": "join.returns-at-zero task-done.too-often put.full-after-timeout",
        },
    ),
    *_rows(
        _SIMPLE,
        "simple-queue",
        {
            "rare-simple-swaps": f"order.fifo {_LOST}",
            "rare-simple-twice": "get.exactly-once",
            "rare-simple-loses": f"{_LOST} order.fifo",
            "rare-simple-empty": "empty.exact get.exactly-once put.visible-on-return",
            "rare-simple-torn": "item.sizes-intact",
            "simple-overtakes": f"order.fifo {_LOST}",
            "simple-large-overtaken": f"order.fifo {_LOST}",
            "simple-second-getter-forgotten": "get.waits-for-item get.all-served",
        },
    ),
    *_rows(
        _PIPE,
        "pipe",
        {
            "rare-message-lost": _LOST_MESSAGE,
            "rare-messages-swapped": _LOST_MESSAGE,
            "rare-message-twice": "order.messages",
            "large-messages-late": _LOST_MESSAGE,
            "send-drops-when-full": _LOST_MESSAGE,
        },
    ),
    *_rows(
        _DUPLEX,
        "pipe",
        {
            "duplex-takes-turns": f"{_LOST_MESSAGE} duplex.both-ways-at-once",
        },
    ),
]
