"""What the driver and its kit say about deliveries, where the suite asks for nothing wrong."""

from __future__ import annotations

from driven import command

from psq.controller.testing import running

COMMAND = command("redis-streams")


def test_deliveries_by_name() -> None:
    with running(COMMAND) as session:
        root = session.root
        root.ask("create", type="broker_queue", names=["q"], visibility=2)
        for number in range(3):
            root.ask("publish", on="q", json=number)
        root.ask("receive", "bad_request", on="q")  # which name shall it have?
        root.ask("ack", "bad_request", on="q", delivery="never-received")
        root.ask("ack", "bad_request", on="q")
        assert root.ask("receive", on="q", **{"as": "d"})["value"] == {"json": 0, "count": 1}
        # The newest delivery has the name; the older one is forgotten, and stays held.
        assert root.ask("receive", on="q", **{"as": "d"})["value"] == {"json": 1, "count": 1}
        root.ask("ack", on="q", delivery="d")
        root.ask("ack", "not_held", on="q", delivery="d")
        found = [root.ask("receive", on="q", **{"as": name})["value"]["json"] for name in "xy"]
        assert sorted(found) == [0, 2]
        # The name of a delivery is no name of an object.
        root.ask("create", type="broker_queue", names=["d"])
        root.ask("stop_server", "bad_request", on="q", orderly="yes")


def test_a_queue_of_a_broker_has_no_other_operations() -> None:
    with running(COMMAND) as session:
        root = session.root
        root.ask("create", type="broker_queue", names=["q"], visibility=1)
        root.ask("create", "bad_request", type="broker_queue", names=["p"], visibility="long")
        root.ask("put", "unsupported", on="q", json=1)
        root.ask("create", "unsupported", type="queue", names=["plain"])
        answer = root.ask("stop_server", on="q", orderly=False)
        assert "value" not in answer
        root.ask("publish", "connection_lost", on="q", json=1)
        assert root.ask("start_server", on="q")["value"] > 1
        root.ask("publish", on="q", json=1)
