"""A queue in one SQLite database, as packages for Python keep them.

Its processes share the file and nothing else. The last one that has the queue, or ends, removes it.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from multiprocessing import util
from typing import Any, Optional, Tuple

from stores import SOON, Store, poll

_SCHEMA = """
PRAGMA journal_mode = WAL;
CREATE TABLE items (number INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB NOT NULL);
CREATE TABLE tasks (unfinished INTEGER NOT NULL);
INSERT INTO tasks VALUES (0);
CREATE TABLE holders (pid INTEGER NOT NULL);
"""
_FILE = "queue.db"
_LONGEST_LOCK = 60.0  # seconds


class SqliteStore(Store):
    """To be handed to children by pickling it: a database is not to be carried over a fork."""

    def __init__(self, folder: Optional[str] = None) -> None:
        self._folder = tempfile.mkdtemp(prefix="sqlite-queue-") if folder is None else folder
        self._threads = threading.Lock()
        self._database = sqlite3.connect(
            os.path.join(self._folder, _FILE),
            timeout=_LONGEST_LOCK,
            isolation_level=None,
            check_same_thread=False,
        )
        if folder is None:
            self._database.executescript(_SCHEMA)
        # What a dead process wrote is kept by the kernel; only a dead machine would lose it.
        self._database.execute("PRAGMA synchronous = OFF")
        self._database.execute("INSERT INTO holders VALUES (?)", (os.getpid(),))
        self._leave = util.Finalize(
            self, _leave, args=(self._threads, self._database, self._folder), exitpriority=-10
        )

    def __reduce__(self) -> Tuple[Any, ...]:
        return SqliteStore, (self._folder,)

    def put(self, data: bytes, bound: int, task: bool, seconds: Optional[float]) -> bool:
        def attempt() -> Optional[bool]:
            if 0 < bound <= self.slots():
                return None  # without the lock for writing
            with self._threads, Step(self._database) as database:
                if database is None or 0 < bound <= _count(database):
                    return None
                database.execute("INSERT INTO items (data) VALUES (?)", (data,))
                if task:
                    database.execute("UPDATE tasks SET unfinished = unfinished + 1")
            return True

        return bool(poll(attempt, seconds))

    def get(self, seconds: Optional[float]) -> Optional[bytes]:
        def attempt() -> Optional[bytes]:
            if self.slots() == 0:
                return None
            with self._threads, Step(self._database) as database:
                if database is None:
                    return None
                row = database.execute(
                    "SELECT number, data FROM items ORDER BY number LIMIT 1"
                ).fetchone()
                if row is None:
                    return None
                database.execute("DELETE FROM items WHERE number = ?", (row[0],))
                return bytes(row[1])

        return poll(attempt, seconds)

    def slots(self) -> int:
        with self._threads:
            return _count(self._database)

    def visible(self) -> int:
        return self.slots()

    def task_done(self) -> bool:
        def attempt() -> Optional[bool]:
            with self._threads, Step(self._database) as database:
                if database is None:
                    return None
                if _tasks(database) == 0:
                    return False
                database.execute("UPDATE tasks SET unfinished = unfinished - 1")
                return True

        return bool(poll(attempt, None))

    def join(self) -> None:
        def attempt() -> Optional[bool]:
            with self._threads:
                return True if _tasks(self._database) == 0 else None

        poll(attempt, None)


class Step:
    """A transaction that writes; None when another process is in one for long: that one may be stopped."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._begun = False

    def __enter__(self) -> Optional[sqlite3.Connection]:
        self._waits(SOON)
        try:
            self._database.execute("BEGIN IMMEDIATE")
            self._begun = True
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
        finally:
            self._waits(_LONGEST_LOCK)
        return self._database if self._begun else None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if self._begun:
            self._database.execute("COMMIT" if kind is None else "ROLLBACK")

    def _waits(self, seconds: float) -> None:
        self._database.execute(f"PRAGMA busy_timeout = {round(seconds * 1000)}")


def _count(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM items").fetchone()[0])


def _tasks(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT unfinished FROM tasks").fetchone()[0])


def _leave(threads: threading.Lock, database: sqlite3.Connection, folder: str) -> None:
    """Ends this process's use of the queue; the last one takes the file with it."""
    # For good: a thread that still waits in a call would use the database after its end, which crashes the process.
    threads.acquire()
    last = poll(lambda: _is_last_to_leave(database), None)
    database.close()
    if last:
        shutil.rmtree(folder, ignore_errors=True)


def _is_last_to_leave(database: sqlite3.Connection) -> Optional[bool]:
    with Step(database) as writing:
        if writing is None:
            return None
        writing.execute(
            "DELETE FROM holders WHERE rowid = (SELECT rowid FROM holders WHERE pid = ? LIMIT 1)",
            (os.getpid(),),
        )
        return int(writing.execute("SELECT count(*) FROM holders").fetchone()[0]) == 0
