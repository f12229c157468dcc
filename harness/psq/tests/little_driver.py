"""A little driver of its own, right or broken in one way: little_driver.py [WAY].

It has one type, a queue in its own memory, and one thread; that is enough for the checks at which
the broken ways must be reported.
"""

import json
import os
import socket
import sys
import threading
import time

WAY = sys.argv[1] if len(sys.argv) > 1 else "right"
OPERATIONS = {"queue": ["put", "get"]}


class Connection:
    def __init__(self):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(os.environ["PSQ_SOCKET"])

    def send(self, message):
        line = json.dumps(message).encode() + b"\n"
        if WAY == "garbage" and "id" in message:
            line = b"this is no JSON\n"
        while WAY == "floods" and "id" in message:
            self.socket.sendall(b"x" * 65536)
        if WAY == "two-pieces" and "id" in message:
            line = line[:5] + b"\n" + line[5:]
        self.socket.sendall(line)
        if WAY == "duplicate" and "outcome" in message:
            self.socket.sendall(line)


def hello():
    message = {
        "hello": 1,
        "role": "root",
        "pid": os.getpid(),
        "implementation": "little",
        "version": "1",
        "language": "python",
        "start_method": "none",
        "profiles": ["base"],
        "capabilities": {"operations": OPERATIONS, "options": []},
        "limits": {"item_bytes": 0},
    }
    message.update(
        {
            "wrong-version": {"hello": 2},
            "wrong-role": {"role": "worker"},
            "wrong-pid": {"pid": os.getpid() + 1},
            "no-capabilities": {"capabilities": None},
        }.get(WAY, {})
    )
    return message


def perform(request, queues):
    name = request.get("on")
    if request.get("do") == "create" and request.get("type") == "queue":
        queues[request["names"][0]] = []
        return {}
    if name not in queues:
        raise ValueError(f"there is no object {name!r}")
    if request["do"] == "put":
        queues[name].append(request["item"])
        return {}
    if request["do"] == "get":
        return {"value": {"item": {**queues[name].pop(0), "intact": True}}}
    if request["do"] == "drop":
        del queues[name]
        return {}
    raise ValueError("this driver does not do that")


def answer(connection, request, queues):
    if request.get("began") and WAY != "no-began":
        tid = 1 if WAY == "wrong-tid" else threading.get_native_id()
        connection.send({"began": request["id"], "tid": tid, "at": time.monotonic_ns()})
    invoked = time.monotonic_ns()
    try:
        fields = {"outcome": "ok", **perform(request, queues)}
    except (ValueError, KeyError, IndexError) as error:
        fields = {
            "outcome": "bad_request",
            "error": {"type": type(error).__name__, "message": str(error)},
        }
    times = {"invoked": invoked, "returned": time.monotonic_ns()}
    if WAY == "wrong-clock":
        times = {"invoked": time.time_ns(), "returned": time.time_ns()}
    number = request["id"] + 1000 if WAY == "wrong-id" else request["id"]
    message = {"id": number, **fields, **times}
    if WAY == "made-up-outcome":
        message["outcome"] = "splendid"
    connection.send(message)
    if WAY == "defect":
        connection.send({"defect": {"type": "AttributeError", "message": "O_ACCMODE"}})
        os._exit(70)
    if WAY == "dies":
        os._exit(7)


def main():
    if WAY == "exits":
        sys.exit("this driver has given up")
    if WAY == "never-connects":
        time.sleep(3600)
    connection = Connection()
    if WAY == "no-hello":
        time.sleep(3600)
    if WAY == "garbage-hello":
        connection.socket.sendall(b"hello there\n")
    if WAY == "answers-first":
        connection.send({"id": 1, "outcome": "ok"})
    connection.send(hello())
    if WAY == "hello-twice":
        connection.send(hello())
    if WAY == "hangs":
        time.sleep(3600)
    queues = {}
    for line in connection.socket.makefile("rb"):
        answer(connection, json.loads(line), queues)


main()
