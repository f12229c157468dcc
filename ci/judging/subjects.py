"""The real implementations that ci/results judges, where they are installed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Subject:
    """A DRIVER of the psq command, and what people call it."""

    driver: str
    name: str

    @property
    def slug(self) -> str:
        """A file name, different for different subjects."""
        return self.driver.replace(":", "-").replace("/", "-").replace("@", "-")


SUBJECTS = (
    Subject("reference", "the C++ reference of psq"),
    Subject("python:psq", "the reference as a package for Python"),
    Subject("cpython", "multiprocessing of CPython, by fork"),
    Subject("cpython:spawn", "multiprocessing of CPython, by spawn"),
    Subject("cpython:forkserver", "multiprocessing of CPython, by forkserver"),
    Subject("cpython-manager", "the queues of multiprocessing.Manager() of CPython"),
    Subject("cpython@pypy3", "multiprocessing of PyPy, by fork"),
    Subject("python:billiard", "billiard"),
    Subject("python:multiprocess", "multiprocess"),
    Subject("library:boost", "message_queue of Boost.Interprocess"),
    Subject("library:mqueue", "POSIX message queues of Linux"),
    Subject("library:zeromq", "PUSH and PULL sockets of ZeroMQ around a streamer"),
    Subject("broker:redis", "lists of Redis"),
    Subject("broker:redis-streams", "streams of Redis"),
    Subject("broker:beanstalkd", "tubes of beanstalkd"),
    Subject("broker:rabbitmq", "quorum queues of RabbitMQ"),
    Subject("broker:bullmq", "queues of BullMQ, of npm, on Redis"),
    Subject("broker:nats", "streams of NATS JetStream"),
)


def of(driver: str) -> Subject:
    """The subject of that DRIVER; one that is not in the list is called by it."""
    known = {each.driver: each for each in SUBJECTS}
    return known.get(driver, Subject(driver, driver))
