"""psq_add_conformance in another project."""

import re
import shlex
import subprocess

import pytest
from psq.law.clause_table import Law

from conftest import HERE, make_program

MODULE = HERE.parents[1] / "cmake" / "PsqAddConformance.cmake"


@pytest.fixture
def ctest(paths, tmp_path):
    """Configures a project with the given lines and runs ctest in it."""

    def run(lines, *arguments):
        source = tmp_path / "project"
        source.mkdir(exist_ok=True)
        (source / "CMakeLists.txt").write_text(
            "cmake_minimum_required(VERSION 3.25)\nproject(mine LANGUAGES NONE)\nenable_testing()\n"
            f"set(PSQ_CONFORMANCE {paths.build}/bin/psq-conformance)\n"
            f"set(PSQ_COMMAND {tmp_path}/psq)\ninclude({MODULE})\n{lines}\n"
        )
        build = tmp_path / "project-build"
        done = subprocess.run(["cmake", "-S", source, "-B", build], capture_output=True, text=True)
        if done.returncode != 0:
            return done.returncode, " ".join(done.stderr.split())
        done = subprocess.run(
            ["ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error", *arguments],
            capture_output=True,
            text=True,
        )
        # CMake folds its messages.
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    return run


def test_each_test_is_an_entry_with_the_label(ctest, paths):
    lines = f"psq_add_conformance(NAME mine.own DRIVER {paths.build}/driver LABELS more)"
    status, said = ctest(lines, "-L", "^mine\\.own$")
    assert status == 0, said
    for test in ("queue.put_a", "queue.put_b", "queue.get_c", "process.d"):
        assert f"mine.own.{test}" in said
    assert "mine.own.begin" in said and "mine.own.verified" in said and "out of 6" in said


def test_thorough_tests_are_entries_when_asked_for(ctest, paths):
    status, said = ctest(f"psq_add_conformance(NAME mine THOROUGH DRIVER {paths.build}/driver)")
    assert status == 0, said
    assert "mine.queue.put.a/long" in said and "out of 7" in said


def test_a_failure_fails_and_a_lack_is_skipped(ctest, paths):
    lines = (
        f"psq_add_conformance(NAME mine DRIVER {paths.build}/driver queue.put_a=fail "
        "queue.put_b=unsupported)"
    )
    status, said = ctest(lines)
    assert status != 0
    assert "mine.queue.put_a (Failed)" in said
    assert "mine.queue.put_b (Skipped)" in said


def test_a_failure_says_how_to_see_it_again(ctest, paths, tmp_path):
    make_program(tmp_path / "psq", f'printf "%s\\n" "$@" > {tmp_path}/arguments')
    (tmp_path / "a ledger.json").touch()
    driver = f'{paths.build}/driver "it\'s one" queue.put_a=fail'
    lines = f'psq_add_conformance(NAME mine DRIVER {driver} LEDGER "{tmp_path}/a ledger.json")'
    status, said = ctest(lines, "-R", "queue.put_a")
    assert status != 0
    subprocess.run(re.search(r"replay (.* --seed 7)", said)[1], shell=True, check=True)
    command, line, *rest = (tmp_path / "arguments").read_text().splitlines()
    assert command == "check"
    assert shlex.split(line) == [f"{paths.build}/driver", "it's one", "queue.put_a=fail"]
    ledger = f"{tmp_path}/a ledger.json"
    assert rest == ["--ledger", ledger, "--test", "queue.put_a", "--seed", "7"]


def test_what_is_skipped_alone_is_not_green(ctest, paths):
    driver = f"{paths.build}/driver queue.get_c=unsupported process.d=unclaimed"
    status, said = ctest(f"psq_add_conformance(NAME mine DRIVER {driver})")
    assert status == 0, said  # others were verified
    status, said = ctest(f"psq_add_conformance(NAME mine DRIVER {driver})", "-R", "queue.get_c")
    assert status != 0 and "mine.queue.get_c (Skipped)" in said
    assert "mine.verified (Failed)" in said and "out of 3" in said
    assert "nothing was verified: each test that ran was skipped" in said
    assert "said unsupported" in said
    status, said = ctest(f"psq_add_conformance(NAME mine DRIVER {driver})", "-R", "queue.put_a")
    assert status == 0, said  # what an earlier run skipped is forgotten
    # A profile that is asked for by its name is claimed.
    status, said = ctest(f"psq_add_conformance(NAME mine PROFILE base lifecycle DRIVER {driver})")
    assert status != 0 and "mine.verified (Failed)" in said
    assert "names the PROFILE lifecycle" in said


@pytest.mark.parametrize(
    "body, said", [("exit 0", "names no test"), ("echo oops >&2; exit 70", "oops")]
)
def test_a_suite_that_lists_nothing_is_not_green(ctest, paths, body, said):
    make_program(paths.build / "bin" / "psq-conformance", body)
    status, output = ctest(f"psq_add_conformance(NAME mine DRIVER {paths.build}/driver)")
    assert status != 0
    assert "mine.not-built" in output and said in output


def test_a_suite_that_is_not_there_is_not_green(ctest, paths):
    paths.build.joinpath("bin", "psq-conformance").unlink()
    status, output = ctest(f"psq_add_conformance(NAME mine DRIVER {paths.build}/driver)")
    assert status != 0
    assert "mine.not-built" in output and "is not built" in output


@pytest.mark.parametrize(
    "verdict, passes", [(0, True), (1, True), (2, True), (3, False), (70, False)]
)
def test_a_report_passes_when_there_was_a_verdict(ctest, tmp_path, verdict, passes):
    make_program(tmp_path / "psq", f'echo "$@"; exit {verdict}')
    status, output = ctest("psq_add_conformance(NAME theirs REPORT_ONLY DRIVER a b)", "-V")
    assert (status == 0) == passes, output
    assert "check a b --jobs 1" in output


def test_the_profiles_are_those_of_the_law(built):
    (line,) = [each for each in MODULE.read_text().splitlines() if "set(PSQ_PROFILES " in each]
    known = line.removeprefix("set(PSQ_PROFILES ").removesuffix(")").split()
    assert sorted(known) == sorted(Law.load(built.suite).profiles)


@pytest.mark.parametrize(
    "lines, said",
    [
        ("psq_add_conformance(NAME mine)", "DRIVER"),
        ("psq_add_conformance(NAME a-b DRIVER x)", "NAME must be"),
        ("psq_add_conformance(NAME a DRIVER x LEDGER)", "no value for LEDGER"),
        ("psq_add_conformance(NAME a DRIVER x LEDGER no.json)", "there is no LEDGER"),
        (
            "psq_add_conformance(NAME a DRIVER x PROFILE base lifecyle)",
            "PROFILE is named 'lifecyle'",
        ),
        ("psq_add_conformance(NAME a DRIVER x TIMEOUT 5s)", "TIMEOUT must be whole seconds"),
        (
            "psq_add_conformance(NAME a DRIVER x)\npsq_add_conformance(NAME a DRIVER y)",
            "used twice",
        ),
    ],
)
def test_wrong_arguments_stop_the_configuration(ctest, lines, said):
    status, output = ctest(lines)
    assert status != 0 and said in output
