"""How the driver is started, and what a defect of the driver looks like."""

import os
import subprocess
import sys

import pytest
from driver import DRIVER, started


def run(*arguments, **environment):
    clean = {key: value for key, value in os.environ.items() if key != "PSQ_SOCKET"}
    return subprocess.run(
        [sys.executable, str(DRIVER), *arguments],
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "arguments, words",
    [
        (["--no-such-flag"], "--no-such-flag"),
        (["--start-method", "teleport"], "teleport"),
        (["--module", "no_such_module"], "no_such_module"),
        (["--module", "json"], "json"),
        (["surplus"], "surplus"),
    ],
)
def test_wrong_usage_is_64_and_says_what(arguments, words):
    done = run(*arguments, PSQ_SOCKET="/nowhere")
    assert done.returncode == 64
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_without_a_controller():
    done = run()
    assert (done.returncode, "PSQ_SOCKET is not set" in done.stderr) == (64, True)
    done = run(PSQ_SOCKET="/nowhere/at/all")
    assert (done.returncode, "cannot connect" in done.stderr) == (64, True)


def test_warnings_as_errors_do_not_get_in_the_way():
    with started(environment={"PYTHONWARNINGS": "error"}) as driver:
        driver.spawn(driver.root, "w")


def test_an_answer_that_is_too_long_is_refused():
    with started() as driver:
        driver.root.value("create", type="queue", names=["q"])
        text = "x" * (1 << 20)
        driver.root.value("put", on="q", json=text[:-1000])
        assert driver.root.value("get", on="q") == {"json": text[:-1000]}
        # The request fits into a line, the answer does not.
        driver.root.value("put", on="q", json=text[:-70])
        assert driver.root.outcome("get", on="q") == "bad_request"
        driver.root.value("put", on="q", json=1)


def test_an_unpaired_surrogate_travels():
    with started() as driver:
        driver.root.value("create", type="queue", names=["q"])
        driver.root.value("put", on="q", json="\ud800")
        assert driver.root.value("get", on="q") == {"json": "\ud800"}
        bad = {"from": "\ud800", "seq": 0, "size": 200}
        assert driver.root.outcome("put", on="q", item=bad) == "bad_request"


def test_a_defect_of_the_driver_ends_it_and_shows():
    program = (
        f"import sys; sys.path[:0] = [{str(DRIVER.parent)!r}]\n"
        "import mp_adapter, multiprocessing_driver\n"
        "mp_adapter.MultiprocessingAdapter._value = lambda self, value: 1 / 0\n"
        "multiprocessing_driver.main([])\n"
    )
    with pytest.raises(AssertionError, match="defect.none: .*ZeroDivisionError"):
        with started(program=["-c", program]) as driver:
            driver.root.value("create", type="queue", names=["q"])
            driver.root.value("put", on="q", json=1)
            driver.root.start("get", on="q")
            assert driver.program.wait_for_status(60) == 70
            assert "ZeroDivisionError" in driver.program.log_tail()
            assert "defect in the driver" in driver.program.log_tail()
