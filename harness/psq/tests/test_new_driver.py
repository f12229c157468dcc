"""Each new driver builds, says hello, and is judged: right, and everything unsupported."""

from __future__ import annotations

import ctypes.util
import re
import shutil
import subprocess

import pytest
from psq import cli
from psq.base.paths import Paths
from psq.new_driver.write import LANGUAGES, write_driver

CHECKS = ("hello.*", "message.json", "request.answered", "bad-request.no-*", "unsupported.types")
CHECKS += ("unsupported.processes", "unsupported.unknown", "end.return", "end.raise", "end.exit*")


def ran(*command, cwd=None):
    done = subprocess.run(command, capture_output=True, text=True, cwd=cwd)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def missing(language):
    """Why the language cannot be tried here, if it cannot: ci/setup installs what is needed."""
    if language == "javascript" and not shutil.which("node"):
        return "nodejs is not installed"
    if language == "c" and not ctypes.util.find_library("cjson"):
        return "libcjson-dev is not installed"
    return ""


def names_left(folder):
    """Files with names of the templates that nothing replaced."""
    files = [each for each in folder.rglob("*") if each.is_file()]
    return [each for each in files if re.search("@[A-Z]+@", each.read_text())]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_new_driver_is_right_and_has_nothing(built, language, tmp_path, capsys, monkeypatch):
    if missing(language):
        pytest.skip(missing(language))
    monkeypatch.chdir(tmp_path)
    assert cli.main(["new-driver", language, "my-queue"], built) == 0
    assert "my-queue/README.md" in capsys.readouterr().out
    folder = tmp_path / "my-queue"
    assert not names_left(folder)
    options = [f"-Dpsq_DIR={built.build}", "-DCMAKE_BUILD_TYPE=Debug", "-GNinja"]
    if shutil.which("ccache"):
        options.append("-DCMAKE_CXX_COMPILER_LAUNCHER=ccache")
    ran("cmake", "-S", folder, "-B", folder / "build", *options)
    ran("cmake", "--build", folder / "build")
    listed = ran("ctest", "--test-dir", folder / "build", "-N")
    assert "driver-check" in listed and "my_queue.queue.put.full-at-once" in listed
    monkeypatch.chdir(folder)
    command = LANGUAGES[language].command.replace("@TARGET@", "my_queue").split()
    chosen = [argument for check in CHECKS for argument in ("--check", check)]
    status = cli.main(["driver-check", "--answer-within", "60", *chosen, "--", *command], built)
    report = capsys.readouterr().out
    assert status == 0, report
    assert " 0 broken" in report
    test = ["--test", "queue.put.full-at-once", "--results", str(tmp_path / "results.jsonl")]
    status = cli.main(["check", " ".join(command), *test], built)
    assert status == 2, capsys.readouterr()
    assert "unsupported" in (tmp_path / "results.jsonl").read_text()


def test_nothing_is_overwritten(psq, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    status, _, err = psq("new-driver", "python", "mine")
    assert status == 64 and "is there already" in err
    assert not list((tmp_path / "mine").iterdir())


@pytest.mark.parametrize("name", ["", "../up", "a b", "7up", "a/b"])
def test_a_name_that_is_no_name_is_refused(psq, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    status, _, err = psq("new-driver", "python", name)
    assert status == 64 and "a name has letters" in err
    assert not list(tmp_path.glob("*/README.md"))


def test_a_place_that_takes_no_folder_is_said(psq, monkeypatch):
    monkeypatch.chdir("/proc")
    status, _, err = psq("new-driver", "c", "mine")
    assert status == 64 and "cannot write mine" in err


def test_each_language_has_its_templates(tmp_path):
    for language, of in LANGUAGES.items():
        files = write_driver(language, "q", tmp_path / language, Paths(tmp_path))
        written = {each.name for each in files}
        assert {"README.md", "psq.yml", ".gitignore", "CMakeLists.txt", of.file} <= written


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_driver_for_an_installed_psq_needs_no_other_folder(tmp_path, language):
    installed = Paths(tmp_path, version="1.2.3", installed=True)
    write_driver(language, "q", tmp_path / "q", installed)
    assert not names_left(tmp_path / "q")
    texts = [each.read_text() for each in (tmp_path / "q").rglob("*") if each.is_file()]
    assert not [each for each in texts if "psq_DIR" in each or "PSQ/build" in each]
    assert [each for each in texts if "PSQ_VERSION: v1.2.3\n" in each]
    assert "/psq-out/\n" in (tmp_path / "q" / ".gitignore").read_text()
