"""A headless Chromium, spoken to over a pipe in its DevTools protocol; nothing is needed but the browser."""

from __future__ import annotations

import base64
import itertools
import json
import os
import select
import shutil
import subprocess
import time
from pathlib import Path
from types import TracebackType
from typing import Any

_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Generous: the machine may be busy with anything.
_PATIENCE_SECONDS = 120.0


def program() -> str | None:
    """The browser that is installed, if any."""
    return next(filter(None, map(shutil.which, _NAMES)), None)


class Browser:
    """One browser with one page."""

    def __init__(self, profile: Path) -> None:
        command = [program() or "chromium", "--headless", "--no-sandbox", "--disable-gpu"]
        command += ["--hide-scrollbars", "--no-first-run", "--disable-extensions"]
        command += ["--disable-background-networking", "--disable-component-update"]
        command += [f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"]
        ours_in, theirs_out = os.pipe()
        theirs_in, self._out = os.pipe()
        # The browser reads from descriptor 3 and writes to 4.
        moved = ["bash", "-c", 'exec 3<&"$1" 4>&"$2"; shift 2; exec "$@"', "-"]
        self._process = subprocess.Popen(
            [*moved, str(theirs_in), str(theirs_out), *command],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._in = ours_in
        self._buffer = b""
        self._numbers = itertools.count(1)
        self._events: list[dict[str, Any]] = []
        self._session = ""

    def __enter__(self) -> Browser:
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        found = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = found["sessionId"]
        self.call("Page.enable")
        self.call("Runtime.enable")
        self.call("Log.enable")
        self.call("Page.setLifecycleEventsEnabled", enabled=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._out)
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._in)

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """One call of the protocol; raises RuntimeError for what the browser refuses."""
        number = next(self._numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        data = json.dumps(message).encode() + b"\0"
        while data:
            data = data[os.write(self._out, data) :]
        while True:
            answer = self._receive(method)
            if answer.get("id") != number:
                self._events.append(answer)
            elif "error" in answer:
                raise RuntimeError(f"{method}: {answer['error']}")
            else:
                return answer["result"]

    def open(self, url: str) -> None:
        """Loads a page anew, and returns when it is there."""
        self._load("about:blank")
        self._events.clear()
        self._load(url)

    def _load(self, url: str) -> None:
        loader = self.call("Page.navigate", url=url)["loaderId"]
        while not any(_is_load(each, loader) for each in self._events):
            self._events.append(self._receive(url))

    def size(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    def prefer(self, scheme: str, media: str = "") -> None:
        """`light` or `dark`; and `print` as the medium."""
        feature = {"name": "prefers-color-scheme", "value": scheme}
        self.call("Emulation.setEmulatedMedia", media=media, features=[feature])

    def evaluate(self, expression: str) -> Any:
        """The value of an expression in the page, a promise's when it is one."""
        answer = self.call(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(str(answer["exceptionDetails"]))
        return answer["result"].get("value")

    def press(self, key: str, code: int = 0, text: str = "") -> None:
        """One key, down and up."""
        parameters = {"key": key, "code": key, "windowsVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **parameters)
        self.call("Input.dispatchKeyEvent", type="keyUp", **parameters)

    def type(self, text: str) -> None:
        self.call("Input.insertText", text=text)

    def screenshot(self, path: Path) -> None:
        data = self.call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))

    @property
    def complaints(self) -> list[str]:
        """What the page logged, or failed at, since it was opened."""
        said = []
        for event in self._events:
            if event.get("method") == "Log.entryAdded":
                said.append(event["params"]["entry"]["text"])
            elif event.get("method") == "Runtime.exceptionThrown":
                said.append(str(event["params"]["exceptionDetails"]))
        return said

    def _receive(self, what: str) -> dict[str, Any]:
        until = time.monotonic() + _PATIENCE_SECONDS
        while b"\0" not in self._buffer:
            ready, _, _ = select.select([self._in], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                raise RuntimeError(f"the browser did not answer {what}")
            data = os.read(self._in, 1 << 16)
            if not data:
                raise RuntimeError(f"the browser ended before it answered {what}")
            self._buffer += data
        message, _, self._buffer = self._buffer.partition(b"\0")
        return json.loads(message)


def _is_load(event: dict[str, Any], loader: str) -> bool:
    parameters = event.get("params", {})
    return parameters.get("loaderId") == loader and parameters.get("name") == "load"
