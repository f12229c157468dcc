"""What a worker of a cluster runs: a unit, by the psq command of its own tree."""

from __future__ import annotations

from typing import Callable


def worker_task() -> Callable[[bytes, str, str], bytes]:
    """The function of a task. It travels by value: a worker needs no module of psq's."""

    def task(request: bytes, tree: str, variable: str) -> bytes:
        """Runs `psq worker-task`, which ends with all that it started when its standard input is closed: when the task
        is cancelled, and when the worker dies."""
        import contextlib
        import json
        import os
        import platform
        import signal
        import subprocess
        import tempfile
        from pathlib import Path

        from distributed import get_worker

        worker = get_worker()
        key = worker.get_current_task()

        def is_wanted() -> bool:
            state = worker.state.tasks.get(key)
            if worker.status.name in ("closing", "closed", "stopping", "stopped", "failed"):
                return False
            return state is not None and state.state != "cancelled"

        named = Path(os.environ.get(variable) or tree)
        commands = [named / "psq", named / "build" / "psq"]
        command = next((each for each in commands if each.is_file()), None)
        if command is None:
            looked = ", ".join(map(str, commands))
            why = (
                f"it has no psq (looked for {looked}): build a tree there, or name it by {variable}"
            )
            return json.dumps({"refused": why, "host": platform.node()}).encode() + b"\n"
        with tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as errors:
            process = subprocess.Popen(
                [str(command), "worker-task"],
                stdin=subprocess.PIPE,
                stdout=answer,
                stderr=errors,
                start_new_session=True,
            )
            assert process.stdin is not None
            try:
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.write(request + b"\n")
                    process.stdin.flush()
                while is_wanted():
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(0.1)
                        break
            finally:
                with contextlib.suppress(BrokenPipeError):
                    process.stdin.close()
                try:
                    process.wait(60)
                except subprocess.TimeoutExpired:
                    os.killpg(process.pid, signal.SIGKILL)
                    process.wait()
            if process.returncode != 0:
                errors.seek(0)
                said = errors.read()[-2000:].decode("utf-8", "replace").strip()
                raise RuntimeError(f"{command} ended with status {process.returncode}: {said}")
            answer.seek(0)
            return answer.read()

    return task
