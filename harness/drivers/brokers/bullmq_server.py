"""BullMQ: a queue of jobs on Redis, of which each write is on the disk before its answer."""

import redis_client
from node_broker import NodeBroker

BROKER = NodeBroker(
    redis_client.server("--appendonly", "yes", "--appendfsync", "always"), "bullmq_driver.js"
)
