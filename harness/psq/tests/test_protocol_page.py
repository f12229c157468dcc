"""The protocol page's own example of a hello, and the checks of what a hello promises."""

from __future__ import annotations

import json
import re

import pytest
from psq.base.paths import SCHEMAS, SOURCE
from psq.controller.messages import OPERATIONS, OPTIONS, Schemas
from test_driver_check import broken, check, spoiled

PAGE = (SOURCE / "spec" / "driver-protocol.md").read_text(encoding="utf-8")


def test_the_hello_of_the_page_is_complete():
    (text,) = re.findall(r"```json\n(.*?)```", PAGE, re.S)
    hello = json.loads(text)
    assert Schemas(SCHEMAS).problem("hello", hello) is None
    assert hello["capabilities"]["operations"] == OPERATIONS
    assert set(hello["capabilities"]["options"]) == set(OPTIONS)
    assert hello["capabilities"]["bounds"] == ["bounded", "unbounded"]
    schema = json.loads((SCHEMAS / "hello.schema.json").read_text(encoding="utf-8"))
    assert hello["limits"].keys() == schema["then"]["properties"]["limits"]["properties"].keys()


HELLO = (
    "right = mp_capabilities.hello\n"
    "def wrong(*of):\n"
    "    hello = right(*of)\n"
    "    {}\n"
    "    return hello\n"
    "mp_capabilities.hello = wrong\n"
)


@pytest.mark.parametrize(
    "change, name, said",
    [
        (
            HELLO.format("hello['capabilities']['options'].append('itme.same')"),
            "hello.fields",
            "Did you mean item.same",
        ),
        (
            HELLO.format("hello['capabilities']['operations']['queue'].append('putt')"),
            "hello.fields",
            "Did you mean put",
        ),
        (HELLO.format("hello['limits']['item_bytes'] = 40"), "item.least-size", "n" * 32),
        (
            "arguments.Declared.least_item = property(lambda self: 0, lambda self, value: None)",
            "item.too-small",
            "expected bad_request",
        ),
        (
            HELLO.format("hello['limits']['max_item_bytes'] = 5000")
            + "arguments.Declared.most_item = property(lambda self: 1 << 32, lambda *_: None)",
            "item.largest",
            "expected bad_request",
        ),
        (
            "work.Declared.need_operation = lambda *_: None\n"
            "work.Worker._check = lambda self, request: ((), [], {})\n",
            "unsupported.unknown",
            "",
        ),
    ],
)
def test_a_promise_that_is_not_kept_is_found(capsys, change, name, said):
    status, words, report = check(capsys, *spoiled(change), checks=(name,))
    assert status == 3
    assert name in broken(words) or "defect.none" in broken(words), report
    assert said in report
