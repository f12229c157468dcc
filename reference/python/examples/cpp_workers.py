#!/usr/bin/env python3
"""Python fills a queue, C++ programs compute, Python collects.

    PYTHONPATH=build/python reference/python/examples/cpp_workers.py build/bin/psq-example-cpp-worker

The two queues are of text: `psq::Queue<std::string>` for cpp_worker.cc.
"""

import subprocess
import sys

import psq


def main() -> None:
    tasks, results = psq.Queue(codec="text"), psq.Queue(codec="text")
    with tasks.handle() as to_take, results.handle() as to_put:
        command = [sys.argv[1], to_take.token, to_put.token]
        inherited = to_take.pass_fds + to_put.pass_fds
        workers = [subprocess.Popen(command, pass_fds=inherited) for _ in range(2)]

    limits = [10, 1_000, 100_000, 1_000_000]
    for limit in limits:
        tasks.put(str(limit))
    for _ in workers:
        tasks.put("end")
    found = dict(map(int, results.get().split()) for _ in limits)
    for limit in limits:
        print(f"{found[limit]} primes below {limit}")
    print(f"the workers ended with {[worker.wait() for worker in workers]}")


if __name__ == "__main__":
    main()
