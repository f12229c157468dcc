"""A driver that is wrong in the one way that its argument names; everything else about it is right."""

import json
import os
import resource
import signal
import socket
import sys
import time

OPERATIONS = {
    "queue": ["put", "get", "qsize", "empty", "full", "close"],
    "process": ["create", "spawn", "drop", "run", "end"],
}

# Lines that are sent in place of an answer.
LINES = {
    "garbage-answer": b"yes, of course",
    "deep-list": b'{"id":1,"outcome":"ok","value":{"json":'
    + b"[" * 500_000
    + b"]" * 500_000
    + b"}}",
    "deep-object": b'{"id":1,"x":' + b'{"a":' * 150_000,
    "huge-number": b'{"id":1e300,"outcome":"ok"}',
    "number-beyond-64-bits": b'{"id":18446744073709551615,"outcome":"ok"}',
    "nul-bytes": bytes(1000),
    "no-utf-8": b'{"id":1,"outcome":"\xff\xfe"}',
    "list-for-a-message": b"[1,2,3]",
    "number-for-a-text": b'{"id":1,"outcome":7}',
}
# Lines that are sent again and again.
FLOODS = {
    "flood-of-newlines": lambda request: b"\n" * 4096,
    "flood-of-hellos": lambda request: json.dumps(hello("")).encode() + b"\n",
    "flood-of-began": lambda request: b'{"began":%d,"tid":1,"at":1}\n' % request["id"] * 100,
    "flood-of-events": lambda request: events(request, 100),
}


def events(request, count):
    now = time.monotonic_ns()
    line = {"event": request["id"], "outcome": "ok", "invoked": now, "returned": now}
    return b"".join(json.dumps({**line, "index": index}).encode() + b"\n" for index in range(count))


def connect_without_end():
    """Connections that say nothing, as many as the system gives."""
    connections = []
    while len(connections) < 10_000:
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(os.environ["PSQ_SOCKET"])
        connections.append(connection)


def hello(fault):
    message = {
        "hello": 1,
        "role": "root",
        "pid": os.getpid(),
        "implementation": "broken",
        "version": "1",
        "language": "python",
        "start_method": "none",
        "profiles": ["base"],
        "capabilities": {"operations": OPERATIONS, "options": []},
        "limits": {"item_bytes": 1, "maxsize": 10, "unfinished": 10},
    }
    if fault == "other-version":
        message["hello"] = 2
    if fault == "false-pid":
        message["pid"] = os.getppid()
    if fault == "no-capabilities":
        del message["capabilities"]
    if fault == "false-role":
        message["role"] = "stranger"
    if fault == "misspelt-profile":
        message["profiles"] = ["base", "lifecyle"]
    if fault == "misspelt-operation":
        message["capabilities"]["operations"]["queue"] = ["put", "get", "qsise"]
    if fault == "misspelt-option":
        message["capabilities"]["options"] = ["item.fail_serialise"]
    if fault == "declares-nothing":
        message["capabilities"]["operations"] = {}
    if fault == "refuses-puts":
        message["capabilities"]["options"] = ["item.fail_serialize"]
    if fault == "empty-list":
        message["capabilities"]["operations"] = {**OPERATIONS, "queue": []}
    if fault == "small-items":
        message["limits"]["max_item_bytes"] = 200
    if fault == "undeclared-bound":
        message["capabilities"]["bounds"] = ["unbounded"]
    return message


def answer_to(request, fault):
    now = time.monotonic_ns()
    answer = {"id": request["id"], "outcome": "ok", "invoked": now, "returned": now}
    if request["do"] == "run":
        answer["value"] = len(request["operations"])
    if fault == "wrong-id":
        answer["id"] += 1000
    if fault == "unknown-outcome":
        answer["outcome"] = "splendid"
    if fault == "times-in-the-past":
        answer["invoked"] = answer["returned"] = now - 10**9
    if fault == "times-in-the-future":
        answer["returned"] = now + 10**12
    if fault in ("declared-and-unsupported", "declares-nothing", "empty-list"):
        answer["outcome"] = "unsupported"
    if fault == "put-raises" and request["do"] == "put":
        answer.update(outcome="raised", error={"type": "Oops", "message": "no put today"})
    if fault == "create-raises" and request["do"] == "create":
        answer.update(outcome="raised", error={"type": "Oops", "message": "no queue today"})
    if fault == "refuses-puts" and request["do"] == "put":
        answer["outcome"] = "full"
    if fault == "bad-request":
        answer.update(outcome="bad_request", error={"type": "Nonsense", "message": "what?"})
    return answer


def fill_the_log():
    """Writes on until the controller has bounded what the log takes of the disk, or does not."""
    print("the first line", flush=True)
    for _ in range(64):
        os.write(1, b"x" * (1 << 20))
    deadline = time.monotonic() + 30
    while os.fstat(1).st_blocks * 512 > 32 << 20:
        if time.monotonic() > deadline:
            os._exit(99)
        time.sleep(0.01)
    print("the last line", flush=True)


def serve(control, fault):
    for line in control.makefile("r", encoding="utf-8"):
        request = json.loads(line)
        if fault in LINES:
            control.sendall(LINES[fault] + b"\n")
            continue
        while fault in FLOODS:
            control.sendall(FLOODS[fault](request))
        if fault == "leaves":
            sys.exit(0)
        if request["do"] != "run":
            began = {"began": request["id"], "tid": os.getpid(), "at": time.monotonic_ns()}
            control.sendall(json.dumps(began).encode() + b"\n")
        if fault == "defect":
            print("Traceback: the driver's own error", flush=True)
            control.sendall(b'{"defect":{"type":"AttributeError","message":"O_ACCMODE"}}\n')
            os._exit(70)
        if fault == "ends-as-70":
            os._exit(70)
        if fault == "killed" and request["do"] in ("put", "spawn"):
            os.kill(os.getpid(), signal.SIGKILL)
        if fault == "takes-memory" and request["do"] in ("put", "spawn"):
            bytearray(256 << 20)
        if fault == "crashes":
            os.kill(os.getpid(), signal.SIGSEGV)
        if fault == "endless-line":
            control.sendall(b"x" * (2 << 20))
        if fault in ("never-answers", "leaves-processes"):
            continue
        while fault == "runs-for-ever":
            pass
        text = json.dumps(answer_to(request, fault)).encode() + b"\n"
        control.sendall(text * (2 if fault == "answers-twice" else 1))


def leave_processes():
    """One in a session of its own that ends for nothing but a kill, and one that is stopped."""
    if os.fork() == 0:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if os.fork() == 0:
            os.kill(os.getpid(), signal.SIGSTOP)
        while True:
            time.sleep(60)


def main(fault):
    if fault == "leaves-processes":
        leave_processes()
    if fault == "long-log":
        fill_the_log()
    if fault in ("exits-at-once", "long-log"):
        return
    if fault == "hangs-before-connecting":
        time.sleep(3600)
    control = socket.socket(socket.AF_UNIX)
    control.connect(os.environ["PSQ_SOCKET"])
    if fault == "many-connections":
        resource.setrlimit(
            resource.RLIMIT_NOFILE, [resource.getrlimit(resource.RLIMIT_NOFILE)[1]] * 2
        )
        connect_without_end()
    if fault == "hangs-at-hello":
        time.sleep(3600)
    if fault == "garbage-hello":
        control.sendall(b"hello there\n")
    elif fault == "defect-before-hello":
        control.sendall(b'{"defect":{"type":"AttributeError","message":"O_ACCMODE"}}\n')
    elif fault == "answer-before-hello":
        control.sendall(b'{"id":1,"outcome":"ok"}\n')
    else:
        control.sendall(json.dumps(hello(fault)).encode() + b"\n")
    if fault == "hello-twice":
        control.sendall(json.dumps(hello(fault)).encode() + b"\n")
    serve(control, fault)


main(sys.argv[1])
