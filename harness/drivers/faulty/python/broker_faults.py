"""Faults of a broker's queues: of the processes that use one, and of how its server was set up."""

from __future__ import annotations

import functools
from typing import Tuple

import broker_behaviour as does
import prefetch_behaviour as prefetch
from faulty_adapters import Fault

_fault = functools.partial(Fault, broker=True)

FAULTS: Tuple[Fault, ...] = (
    _fault(
        "broker-grandchild-apart",
        "broker.create.shared",
        "a grandchild has a queue of its own",
        does.apart,
    ),
    _fault(
        "broker-publish-later",
        "broker.publish.visible-on-return",
        "a publish returns before the server has the item",
        does.later,
        also=("broker.*",),
    ),
    _fault(
        "broker-large-item-damaged",
        "broker.publish.arrives-equal",
        "the last byte of items of more than a megabyte is wrong",
        does.last_byte,
    ),
    _fault(
        "broker-null-is-nothing",
        "broker.publish.arrives-equal",
        "null is not published",
        does.null_is_nothing,
    ),
    _fault(
        "broker-receive-gives-up",
        "broker.receive.waits-for-item",
        "a receive without a timeout gives up after 0.2 s",
        does.only("receive")(does.give_up),
        also=("broker.*",),
    ),
    _fault(
        "broker-receive-half-the-timeout",
        "broker.receive.empty-after-timeout",
        "a receive gives up after half its timeout",
        does.only("receive")(does.half_the_timeout),
    ),
    _fault(
        "broker-receive-empty-late",
        "broker.receive.empty-at-once",
        "a receive that does not wait waits 0.4 s",
        does.only("receive")(does.wait_a_while),
    ),
    _fault(
        "broker-received-not-kept",
        "broker.receive.held-once",
        "what was received is delivered to others, too",
        does.not_kept,
        also=("broker.*",),
    ),
    _fault(
        "broker-publish-some-never",
        "broker.receive.at-least-once",
        "one item in 25 is not published",
        does.some_never,
        also=("broker.*",),
    ),
    _fault(
        "broker-two-change-places",
        "broker.receive.order",
        "in a child each tenth item comes after the next",
        does.two_change_places,
        also=("broker.receive.at-least-once",),
    ),
    _fault(
        "broker-count-stays",
        "broker.receive.count",
        "each delivery is counted as the first",
        does.always_the_first,
        also=("broker.receive.at-least-once",),
    ),
    _fault(
        "broker-ack-does-nothing",
        "broker.ack.final",
        "an acknowledged item comes again after the visibility timeout",
        does.nothing("ack"),
        also=("broker.*",),
    ),
    _fault(
        "broker-ack-twice-accepted",
        "broker.ack.twice",
        "a second ack ends as ok",
        does.not_held_is_fine("ack"),
    ),
    _fault(
        "broker-ack-twice-releases",
        "broker.ack.twice",
        "a second ack gives back what its process holds besides",
        does.ack_of_another,
    ),
    _fault(
        "broker-nack-does-nothing",
        "broker.nack.redelivers",
        "an item that was given back comes after the visibility timeout",
        does.nothing("nack"),
        also=("broker.receive.*", "broker.ready.exact"),
    ),
    _fault(
        "broker-nack-settles",
        "broker.nack.redelivers",
        "an item that was given back is gone",
        does.in_place_of("nack", "ack"),
        also=("broker.receive.*", "broker.ready.exact"),
    ),
    _fault(
        "broker-reject-acknowledges",
        "broker.reject.dead-letter",
        "a rejected item is no dead letter",
        does.in_place_of("reject", "ack"),
        also=("broker.server.*",),
    ),
    _fault(
        "broker-reject-gives-back",
        "broker.reject.dead-letter",
        "a rejected item is delivered again",
        does.in_place_of("reject", "nack"),
        also=("broker.server.*", "broker.ready.exact"),
    ),
    _fault(
        "broker-never-expires",
        "broker.expiry.redelivers",
        "a delivery is held for ever",
        times={"visibility": 1000},
        also=("broker.extend.keeps", "broker.kill.consumer", "broker.server.*"),
    ),
    _fault(
        "broker-expires-early",
        "broker.expiry.redelivers",
        "a delivery is held for half the visibility timeout",
        times={"visibility": 0.5},
        also=("broker.extend.keeps",),
    ),
    _fault(
        "broker-extend-does-nothing",
        "broker.extend.keeps",
        "an extended delivery is held no longer than another",
        does.nothing("extend"),
        also=("broker.extend.not-held",),
    ),
    _fault(
        "broker-extend-of-settled",
        "broker.extend.not-held",
        "an extend of a settled delivery ends as ok",
        does.not_held_is_fine("extend"),
    ),
    _fault(
        "broker-prefetch-one-more",
        "broker.prefetch.bound",
        "a process is handed one delivery more than its prefetch says",
        prefetch.one_more,
        also=("broker.prefetch.leaves-rest",),
    ),
    _fault(
        "broker-prefetch-hoards",
        "broker.prefetch.leaves-rest",
        "a process is handed all that there is ahead",
        prefetch.hoards,
        also=("broker.prefetch.*",),
    ),
    _fault(
        "broker-prefetch-acknowledges",
        "broker.prefetch.killed",
        "what is handed ahead is acknowledged",
        prefetch.acknowledges_ahead,
        also=("broker.prefetch.*",),
    ),
    _fault(
        "broker-ready-counts-held",
        "broker.ready.exact",
        "what is held counts as ready",
        does.held_are_ready,
    ),
    _fault(
        "broker-acked-at-once",
        "broker.kill.consumer",
        "an item is acknowledged as it is delivered",
        does.acked_at_once,
        also=("broker.*",),
    ),
    _fault(
        "broker-server-stores-nothing",
        "broker.server.restart-keeps",
        "the server keeps all in memory",
        server=("--appendonly", "no"),
        also=("broker.server.kill-keeps", "broker.lost.*"),
    ),
    _fault(
        "broker-server-stores-at-stop",
        "broker.server.kill-keeps",
        "the server stores what it keeps at a normal stop alone",
        server=("--appendonly", "no", "--save", "3600", "1"),
        also=("broker.lost.*",),
    ),
    _fault(
        "broker-full-waits",
        "broker.full.refused",
        "a publish waits until the server has room",
        does.waits_for_room,
    ),
    _fault(
        "broker-full-drops",
        "broker.full.refused",
        "a publish for which there is no room ends as ok",
        does.drops_when_full,
    ),
    _fault(
        "broker-full-delivers-nothing",
        "broker.full.consumers",
        "a receive finds nothing while the server has no room",
        does.nothing_when_full,
    ),
    _fault(
        "broker-silent-waits",
        "broker.silent.call-ends",
        "a client waits ten times as long for an answer as it was told to",
        times={"patience": 10},
    ),
    _fault(
        "broker-lost-is-empty",
        "broker.lost.call-ends",
        "a receive ends as empty when the server is lost",
        does.empty_when_lost,
    ),
    _fault(
        "broker-lost-waits",
        "broker.lost.call-ends",
        "a call waits until the server is back",
        does.waits_for_server,
        also=("broker.lost.*",),
    ),
    _fault(
        "broker-lost-for-ever",
        "broker.lost.comes-back",
        "a process that has lost the server does not come back to it",
        does.never_again,
        also=("broker.lost.*",),
    ),
    _fault(
        "broker-publish-repeated",
        "broker.lost.publish-once",
        "a client repeats a publish that was lost",
        does.again_after_loss,
        also=("broker.lost.*",),
    ),
)
