"""The tutorial: its blocks are the files, and its commands the commands, that this test tries."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess

import pytest
from psq.base.paths import SOURCE

PAGE = (SOURCE / "docs" / "tutorial.md").read_text(encoding="utf-8")
LONG = os.environ.get("PSQ_LONG_TESTS") == "1"
# What a command of the page is tried with when there is no time for all of it: each start of Node takes a while.
SHORT = {
    "psq driver-check -- node driver.js": [
        "bad-request.*",
        "began.*",
        "child.began",
        "end.return*",
        "hello.*",
        "item.sizes",
        "message.*",
        "request.answered",
        "run.live",
        "spawn.bad-request",
        "spawn.objects",
        "thread.side-by-side",
        "unsupported.*",
    ],
}
ONLY_LONG = "psq check 'node driver.js'"

pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="nodejs is not installed")


def files_of_page():
    found = dict(re.findall(r"^```js\n// (\S+)\n(.*?)^```$", PAGE, re.M | re.S))
    (package,) = re.findall(r"^```json\n(.*?)^```$", PAGE, re.M | re.S)
    return {**found, "package.json": package}


def commands_of_page():
    return "".join(re.findall(r"^```sh\n(.*?)^```$", PAGE, re.M | re.S)).splitlines()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("tutorial")
    for name, text in files_of_page().items():
        (made / name).write_text(text, encoding="utf-8")
    return made


def test_the_page_has_the_files_that_it_imports():
    files = files_of_page()
    imported = {name for text in files.values() for name in re.findall(r'"\./(\S+?)"', text)}
    assert imported and imported <= files.keys()
    assert all(command.startswith("psq ") for command in commands_of_page())
    assert {*SHORT, ONLY_LONG} <= set(commands_of_page())


def test_a_reader_has_each_file_before_it_is_needed():
    """Node 18 takes no import in a module whose package.json is not there yet."""
    assert PAGE.index("```json") < PAGE.index("```js\n") < PAGE.index("```sh")
    for command in re.finditer(r"node (\w+\.js)", PAGE[PAGE.index("```sh") :]):
        assert PAGE.index(f"// {command[1]}\n") < PAGE.index("```sh") + command.start()


@pytest.mark.parametrize("command", commands_of_page())
def test_each_command_of_the_page_ends_well(built, folder, command):
    arguments = shlex.split(command)[1:]
    if command == ONLY_LONG and not LONG:
        pytest.skip("the whole verdict: PSQ_LONG_TESTS=1")
    if arguments[0] == "driver-check":
        chosen = [] if LONG else [f"--check={glob}" for glob in SHORT.get(command, [])]
        arguments[1:1] = ["--answer-within", "60", *chosen]
    if arguments[0] == "check":
        arguments += ["--results", str(folder / "results.jsonl"), "--patience", "5"]
    told = subprocess.run(
        [built.build / "psq", *arguments], cwd=folder, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr
    assert arguments[0] != "driver-check" or " 0 broken" in told.stdout
