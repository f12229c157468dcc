"""For each check where its rule stands, and what an author of a driver changes: `psq driver-check --explain`."""

from __future__ import annotations

from typing import NamedTuple

_PROTOCOL = "spec/driver-protocol.md#"
_OPERATIONS = "spec/operations.md#"


class Advice(NamedTuple):
    """The place of the rule, a file with a heading's anchor, and what to change."""

    place: str
    change: str


# A row a section of the pages; a check is found by its name.
_ADVICE: dict[str, dict[str, str]] = {
    _PROTOCOL
    + "transport": {
        "connect.connects": "Connect a Unix stream socket to the path in PSQ_SOCKET, before anything slow.",
        "request.in-pieces": "Read until \\n: a read may end in the middle of a line.",
        "request.together": "Split what one read gave at each \\n, and do all of its lines.",
        "request.longest": "Make the buffer of a line 1 MiB, and refuse only what is longer.",
        "request.utf8": "Read and write lines as UTF-8, names included; escapes of JSON are right, too.",
        "message.json": "Write one JSON object a line, whole, under one lock for all threads; log elsewhere.",
        "message.length": "Cut received bytes at 65536, so that no answer is longer than a line may be.",
        "death.connection": "When the reader sees the end of the connection, call _exit at once.",
        "death.child-connection": "Do in a child's reader what the root's does: _exit at the end of file.",
    },
    _PROTOCOL
    + "hello": {
        "hello.comes": "Send the hello as the first line directly behind connect.",
        "hello.json": "Send the hello as one JSON object on one line, with \\n behind it.",
        "hello.first": "Send nothing before the hello, and start the reader after it.",
        "hello.version": 'Send "hello":1, a number.',
        "hello.role": 'Send "role":"root", in a child the name of its spawn.',
        "hello.fields": "Compare the hello with the complete one on the page: types of fields, and names.",
        "hello.pid": "Send getpid() of the process that connects, asked for after the fork.",
        "hello.once": "Say hello once a connection; a child opens its own.",
        "item.least-size": "Raise item_bytes until an item of it has room for a name of 32 bytes.",
        "item.too-small": "Compare an item's size with item_bytes before the call, and answer bad_request.",
        "item.largest": "Set max_item_bytes to what passes whole, and answer bad_request beyond it.",
        "create.bounds": "Answer unsupported to a create whose maxsize is of bounds that are not declared.",
        "unsupported.operations": "Compare do with the hello's list for the object's type before the call.",
        "unsupported.types": "Answer unsupported to a create of a type without operations in the hello.",
        "unsupported.processes": "Answer unsupported to spawn and its kin where process does not list them.",
        "unsupported.options": "Look for each option's field, and answer unsupported where it is not declared.",
        "unsupported.unknown": "Let the last branch for do and for type answer unsupported; never ignore.",
    },
    _PROTOCOL
    + "requests": {
        "thread.main": "Hand requests without thread, or for main, to the process's first thread.",
        "thread.side-by-side": "Start a real thread for each new name; share no lock around calls.",
        "thread.order": "Give each named thread a queue of its own, first in, first out.",
        "thread.reader": "Let the reading thread only parse and hand over; it makes no call.",
        "thread.end": "Let the thread answer end_thread and return; forget its name before.",
    },
    _PROTOCOL
    + "answers": {
        "request.answered": "Answer each request with its id, also create.",
        "request.unknown-fields": "Read the fields that you know, and look at no other.",
        "message.fields": "Compare the message with spec/schemas: each outcome is one of spec/outcomes.md.",
        "answer.id": "Send the id of the request on the connection from which it came.",
        "answer.once": "Answer where the call ends, in one place; an error replaces the answer.",
        "answer.times": "Read CLOCK_MONOTONIC, in nanoseconds, directly before and after the call.",
        "began.only-when-asked": 'Write began only for a request with "began":true.',
        "began.before-the-call": "Write began, then read invoked, then call.",
        "began.written": "Write began with gettid() of the calling thread, and the time, as numbers.",
        "began.at-once": "Write began to the socket before the call, and flush what buffers it.",
        "bad-request.no-json": "Catch the parser's error: answer bad_request with the id null, and go on.",
        "bad-request.no-object": "Answer bad_request with the id null to a line that is no object.",
        "bad-request.no-id": "Answer bad_request with the id null where id is no number.",
        "bad-request.no-do": "Answer bad_request with the request's id where do is no text.",
        "bad-request.thread": "Answer bad_request where thread is there and no text.",
        "bad-request.no-such-object": "Look the object up before the call, and answer bad_request without it.",
        "drop.forgets": "Remove the name at drop, so that later requests do not find it.",
        "create.again": "Refuse a name that is taken, until it is dropped.",
    },
    _PROTOCOL
    + "payloads": {
        "bad-request.payload": "Check from, seq and size before the call; a put has one payload.",
        "item.sizes": "Make filler that depends on from, seq and size, and compare each byte of it.",
        "item.exact-size": "Subtract what the serialization adds from the body's length.",
        "item.bytes": "As bytes, make exactly size bytes; compare the length when they arrive.",
        "bytes.hex": "Show at most 65536 bytes in hexadecimal, and size as the whole length.",
        "bytes.into": "Answer count, rest_untouched and the bytes from offset; too long: the whole message.",
        "json.values": "Turn the JSON value into one of the language and back, null included.",
        "item.fail-serialize": "Let the item raise when it is serialized; map that to not_serializable.",
        "item.fail-deserialize": "Let the item raise when it is read; map that to not_deserializable.",
        "item.slow-serialize": "Sleep while the item is serialized, inside of the call.",
        "item.slow-deserialize": "Sleep while the item is deserialized, inside of the call.",
        "item.failure-exit": "Catch the request to exit that leaves the call: same outcome, no end.",
        "item.failure-interrupt": "Catch the interruption that leaves the call: same outcome, no end.",
        "item.failure-other": "Catch everything that leaves the call, not ordinary errors alone.",
        "item.failure-words": "Answer bad_request to a failure that the page does not name.",
        "item.same": "Keep one object a thread and name, and change it before each put.",
    },
    _PROTOCOL
    + "connections-that-are-sent": {
        "send-connection.as": "Record what was received under the name in as, as any created object.",
        "send-connection.waits": "Write began before the wait, and block until a connection comes.",
        "send-connection.bad-request": "Check connection and as before the call.",
        "send-connection.message": "Map a message in place of a connection to not_deserializable.",
        "send-connection.given": "Record the descriptors of what arrived before any child is made.",
    },
    _PROTOCOL
    + "operation-lists": {
        "run.events": "Send one event a call, index counting from 0; none after the answer.",
        "run.reports": "Send an event as each call ends, and the number of calls as the answer's value.",
        "run.repeat": "Repeat the element, and add one to the item's seq each time; 0 is no call.",
        "run.pause": "Sleep for a pause, and count no call for it.",
        "run.began": "Write began with the index before each call when the run asks for it.",
        "run.goes-on": "Go on after an outcome that is not ok.",
        "run.stop-on-error": "Stop behind the first outcome that is not ok when asked to.",
        "run.start-at": "Sleep until start_at, a time of CLOCK_MONOTONIC in nanoseconds.",
        "run.live": "Write each event when its call ends, unbuffered.",
        "run.bad-request": "Check every element before the first call.",
    },
    _PROTOCOL
    + "defects-of-a-driver": {
        "defect.none": "Mend the error that the defect names; the log has its place.",
    },
    _PROTOCOL
    + "death": {
        "process.stays": "Find in the log why the process ended; only end and a lost connection end one.",
        "spawn.pid": "Answer the pid of the process that says hello, not that of a helper between.",
    },
    _PROTOCOL
    + "signals": {
        "signal.handler": "Install a handler for SIGUSR1, without SA_RESTART, before the hello.",
        "signal.handler-child": "Install the handler in the child as well, where it is not inherited.",
    },
    _PROTOCOL
    + "the-end-of-the-program": {
        "end.before-exit": "Keep the list, and do it on main before the implementation's own end.",
        "end.after-exit": "Keep the list, and do it on main when the implementation has ended.",
    },
    _PROTOCOL
    + "what-a-driver-must-take-care-of": {
        "spawn.nothing-else": "Give the child's registry the objects of the request alone.",
        "spawn.end-of-file": "Put the null device over the descriptors of what the child was not given.",
        "spawn.blocked-thread": "Cover descriptors also where a thread of the parent still uses the object.",
        "spawn.drop-in-use": "Close the child's copy itself: the stack of a parent's thread keeps it alive.",
        "spawn.connection": "Cover or close the parent's connection in the child.",
        "spawn.any-thread": "Start main anew in the child on the thread that forked.",
        "spawn.while-blocked": "Use no lock in the child that a thread of the parent may hold.",
        "spawn.grandchild": "Start the child with all that a root has: registry, threads, spawn.",
    },
    _OPERATIONS
    + "operations-of-every-process": {
        "create.types": "Create each type that the hello declares, and give it its operations.",
        "create.pipe": "Create two ends; without duplex the first receives, the second sends.",
        "create.maxsize": "Pass maxsize on; map the errors of put and get to full and empty.",
        "create.unfinished": "Preset the count, or do not declare preset_unfinished.",
        "drop.last-reference": "Close what the object holds when it is dropped, threads' copies included.",
    },
    _OPERATIONS
    + "endings": {
        "end.return": "Answer, then return from main: status 0.",
        "end.return-child": "Let the child's function return: status 0.",
        "end.exit": "Answer, then exit(status) with all handlers.",
        "end.exit-child": "End the child by the implementation's exit with this status.",
        "end.exit-now": "Answer, then _exit(status) without handlers.",
        "end.exit-now-child": "Call _exit(status) in the child.",
        "end.raise": "Let an error leave main so that the status is 1; in C++ catch it in main and return 1.",
        "end.raise-child": "Let an error leave the child's function: status 1.",
        "end.flushes": "End by the implementation's own way, so that it writes what it buffers.",
        "end.only-main": "Refuse an end on another thread, without how, or with an unknown how.",
    },
    _OPERATIONS
    + "operations-of-a-parent": {
        "spawn.objects": "Hand each named object over, and register it under the same name.",
        "spawn.drop": "Drop in the child what it was given, and its descriptors with it.",
        "spawn.forgotten": "Forget the handle at drop_process; its name is then a bad request.",
        "spawn.bad-request": "Look every name of objects up before the spawn.",
        "child.running": "Answer exit_code null, join_process false, while the child runs.",
        "child.began": "Write began for join_process, too, with the id of the thread that waits.",
        "child.terminate": "Send SIGTERM, and answer minus the signal's number as exit_code.",
        "child.kill": "Send SIGKILL, and answer minus the signal's number as exit_code.",
        "child.daemon": "Take daemon, and end such a child when its parent ends.",
    },
    _OPERATIONS
    + "fields": {
        "timeout.seconds": "Pass timeout on as seconds, a number with a fraction.",
        "timeout.words": "Turn nan, inf and -inf into numbers; any other text is a bad_request.",
        "poll.timeout": "Poll at once without timeout, and for ever with null.",
        "wait.names": "Answer the list of the names that are ready, maybe empty.",
    },
}

_BY_NAME = {
    name: Advice(place, change) for place, rows in _ADVICE.items() for name, change in rows.items()
}


def advice_for(name: str) -> Advice:
    """The advice for a check by its name."""
    return _BY_NAME[name]
