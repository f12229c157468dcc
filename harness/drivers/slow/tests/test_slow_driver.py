"""psq-slow-driver: what runs under it is slow, and right."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

PROGRAM = Path(os.environ["PSQ_BUILD_DIR"]) / "bin" / "psq-slow-driver"
LIBRARY = "libpsq-slow.so"
# Without the static program there is nothing to refuse; Debian has it in every installation.
STATIC_PROGRAM = "/sbin/ldconfig"

MESSAGES = """
import multiprocessing, time
def send(end):
    for size in (10, 3000, *[4000 + i for i in range(20)], 300_000):
        end.send_bytes(b'x' * size)
if __name__ == '__main__':
    near, far = multiprocessing.Pipe(False)
    child = multiprocessing.get_context(METHOD).Process(target=send, args=(far,))
    child.start()
    far.close()
    began = time.monotonic()
    sizes = []
    try:
        while True:
            message = near.recv_bytes()
            assert set(message) == {ord('x')}
            sizes.append(len(message))
    except EOFError:
        print(len(sizes), sum(sizes), child.join(), child.exitcode, time.monotonic() - began)
"""
EXPECTED = ["23", str(10 + 3000 + sum(range(4000, 4020)) + 300_000), "None", "0"]


def slow(script, *, seed=1, profile=None, file=None, **options):
    argv = [str(PROGRAM), "--seed", str(seed), *(["--profile", profile] if profile else [])]
    if file is None:
        argv += ["--", sys.executable, "-c", script]
    else:
        file.write_text(script)
        argv += ["--", sys.executable, str(file)]
    return subprocess.run(argv, capture_output=True, text=True, timeout=120, **options)


def profiles():
    listed = subprocess.run(
        [PROGRAM, "--list-profiles"], capture_output=True, text=True, check=True
    )
    return [line.split("\t")[0] for line in listed.stdout.splitlines()]


@pytest.mark.parametrize("profile", profiles())
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_messages_of_a_pipe_are_whole(tmp_path, profile, method):
    script = MESSAGES.replace("METHOD", repr(method))
    ran = slow(script, profile=profile, file=tmp_path / "messages.py")
    assert ran.stdout.split()[:4] == EXPECTED, ran


def test_there_is_a_pause_between_header_and_body(tmp_path):
    script = MESSAGES.replace("METHOD", "'fork'")
    ran = slow(script, profile="in-message", file=tmp_path / "messages.py")
    assert float(ran.stdout.split()[4]) > 21 * 0.05, ran


def test_threads_and_processes_begin_late():
    script = """
import os, threading, time
began = time.monotonic()
for _ in range(30):
    thread = threading.Thread(target=lambda: None); thread.start(); thread.join()
print(time.monotonic() - began)
began = time.monotonic()
for _ in range(30):
    if not os.fork(): os._exit(0)
    os.wait()
print(time.monotonic() - began)
"""
    threads, processes = map(float, slow(script, profile="late").stdout.split())
    assert threads > 0.3 and processes > 0.6


def test_the_seed_draws_the_pauses():
    script = """
import os, time
near, far = os.pipe()
long = ''
for _ in range(300):
    began = time.monotonic()
    os.write(far, b'x'); os.read(near, 1)
    long += '.#'[time.monotonic() - began > 4e-5]
print(long.count('#'))
"""
    pauses = [int(slow(script, seed=seed, profile="many-short").stdout) for seed in (1, 2)]
    assert all(60 < each < 300 for each in pauses), pauses


def test_every_program_of_a_process_is_slow():
    script = """
import subprocess, sys
print(open('/proc/self/maps').read())
subprocess.run([sys.executable, '-c', "print(open('/proc/self/maps').read())"])
"""
    code = [line for line in slow(script).stdout.splitlines() if LIBRARY in line and "r-xp" in line]
    assert len(code) == 2, code


SENDS = """
import os, socket
end = socket.socket(socket.AF_UNIX)
end.connect(os.environ['WHERE'])
for number in range(200):
    end.sendall(b'%d %s\\n' % (number, b'x' * 100))
"""


def received(folder, where):
    """The chunks that arrive at the socket `where`, when PSQ_SOCKET is the socket `control`."""
    chunks = []
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(folder / where))
        listener.listen()

        def receive():
            end, _ = listener.accept()
            with end:
                while chunk := end.recv(1 << 16):
                    chunks.append(chunk)

        receiver = threading.Thread(target=receive)
        receiver.start()
        environment = {**os.environ, "PSQ_SOCKET": str(folder / "control")}
        ran = slow(SENDS, profile="late", env={**environment, "WHERE": str(folder / where)})
        assert ran.returncode == 0, ran
        receiver.join()
    lines = b"".join(chunks).split(b"\n")
    assert lines == [*(b"%d %s" % (number, b"x" * 100) for number in range(200)), b""]
    return chunks


def test_answers_to_the_controller_come_in_pieces(tmp_path):
    cut = [chunk for chunk in received(tmp_path, "control") if not chunk.endswith(b"\n")]
    assert len(cut) > 20


def test_nothing_else_comes_in_pieces(tmp_path):
    cut = [chunk for chunk in received(tmp_path, "other") if not chunk.endswith(b"\n")]
    assert cut == []


def test_a_signal_ends_a_call_that_has_a_pause_before_it():
    script = """
import os, signal, time
class Rings(Exception): pass
def ring(*_): raise Rings
signal.signal(signal.SIGALRM, ring)
near, far = os.pipe()
missed = 0
for i in range(200):
    try:
        began = time.monotonic()
        signal.setitimer(signal.ITIMER_REAL, 1e-4 + i * 1e-5, 0.2)
        os.read(near, 1)
    except Rings:
        signal.setitimer(signal.ITIMER_REAL, 0)
        missed += time.monotonic() - began > 0.19
print(missed)
"""
    for profile in ("many-short", "mixed"):
        # Any program misses a signal that comes just before its read, the more often on a busy machine.
        assert int(slow(script, profile=profile).stdout) < 40


@pytest.mark.parametrize(
    "arguments, said",
    [
        ([], "--seed is missing"),
        (["--seed", "x", "--", "true"], "no seed: x"),
        (["--seed", "1"], "command is missing"),
        (["--seed", "1", "--profile", "lazy", "--", "true"], "no profile is named lazy"),
        (["--seed", "1", "--slowly", "--", "true"], "not understood: --slowly"),
        (["--seed", "1", "--", "/no/such/program"], "No such file"),
        (["--seed", "1", "--", STATIC_PROGRAM], "linked statically"),
    ],
)
def test_wrong_usage(arguments, said):
    ran = subprocess.run([PROGRAM, *arguments], capture_output=True, text=True)
    assert ran.returncode == 64
    assert said in ran.stderr
