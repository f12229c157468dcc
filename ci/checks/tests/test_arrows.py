"""Every arrow that the layering forbids is caught, and allowed arrows are not."""

from __future__ import annotations

import pytest
from conftest import Tree

HOUSE = {
    "CMakeLists.txt": "add_library(psq_warnings INTERFACE)\nadd_subdirectory(ci/checks)\n",
    "spec/queue.md": "# Queue\n",
    "reference/include/psq/queue.h": "#include <vector>\n#include <sys/mman.h>\n"
    '#include "src/a.h"\n',
    "reference/src/a.h": "#include <cereal/cereal.hpp>\n#include <unistd.h>\n",
    "reference/src/poll.h": "",
    "reference/tests/a_test.cc": '#include <gtest/gtest.h>\n#include "src/a.h"\n',
    "reference/benchmarks/a.cc": "#include <boost/interprocess/ipc/message_queue.hpp>\n",
    "reference/CMakeLists.txt": "foreach(library psq_reference psq_faulty)\n"
    "  add_library(${library} src/a.h)  # not (harness)\n"
    "  target_link_libraries(${library} PUBLIC Threads::Threads PRIVATE psq_warnings)\n"
    "endforeach()\n"
    "add_library(psq::reference ALIAS psq_reference)\nadd_subdirectory(tests)\n",
    "reference/tests/CMakeLists.txt": "add_executable(a_test a_test.cc)\n"
    "target_link_libraries(a_test PRIVATE psq_reference GTest::gtest_main)\n",
    "conformance/law/clause.h": "#include <string_view>\n#include <poll.h>\n",
    "conformance/law/gate.py": "import json\nfrom pages import Law\n",
    "conformance/law/pages.py": "import ast\n",
    "conformance/law/tests/test_gate.py": "import pytest\nfrom gate import main\n",
    "conformance/clauses/queue/put.cc": '#include "law/clause.h"\n#include <nlohmann/json.hpp>\n'
    "#include <rapidcheck.h>\n",
    "conformance/CMakeLists.txt": "set(PAGES ${CMAKE_CURRENT_SOURCE_DIR}/../spec)\n"
    "add_executable(suite clauses/queue/put.cc)\n"
    "target_link_libraries(suite PRIVATE GTest::gtest rapidcheck $<LINK_ONLY:CLI11::CLI11>)\n",
    "harness/drivers/kit/cpp/include/psq/driver/kit.h": "#include <nlohmann/json.hpp>\n",
    "harness/drivers/kit/cpp/CMakeLists.txt": "add_library(kit INTERFACE)\n"
    "target_link_libraries(kit INTERFACE nlohmann_json::nlohmann_json)\n",
    "harness/drivers/kit/python/psq_kit/__init__.py": "from .wire import Wire\n",
    "harness/drivers/kit/python/psq_kit/wire.py": "import socket\n",
    "harness/drivers/python/driver.py": "import multiprocessing\nimport psq_kit\n",
    "harness/drivers/python/tests/test_driver.py": "import driver\nfrom psq import judge\n",
    "harness/drivers/reference/main.cc": '#include <psq/driver/kit.h>\n#include "psq/queue.h"\n',
    "harness/drivers/reference/CMakeLists.txt": "add_executable(driver main.cc)\n"
    "target_link_libraries(driver PRIVATE psq::reference kit)\n",
    "harness/drivers/faulty/CMakeLists.txt": "add_executable(faulty\n"
    "  ${CMAKE_CURRENT_SOURCE_DIR}/../reference/main.cc)\n"
    "target_link_libraries(faulty PRIVATE psq_faulty kit)\n",
    "harness/psq/__init__.py": "",
    "harness/psq/law.py": "from rich.text import Text\nfrom psq import judge\n",
    "harness/psq/judge.py": "import subprocess\n",
    "harness/CMakeLists.txt": "add_test(NAME judge COMMAND suite --driver $<TARGET_FILE:driver>)\n"
    "add_subdirectory(drivers/reference)\n",
    "ci/checks/arrows.py": "import psq_kit\nimport judge_everything\n",
    "ci/checks/judge_everything.py": "",
    "ci/checks/CMakeLists.txt": "add_test(NAME x COMMAND suite ${CMAKE_SOURCE_DIR}/reference)\n",
}


@pytest.fixture
def house(tree: Tree) -> Tree:
    for name, text in HOUSE.items():
        tree.write(name, text)
    return tree


def test_a_right_tree_passes(house: Tree) -> None:
    result = house.run("arrows")
    assert (result.returncode, result.stderr) == (0, "")
    assert " arrows, 0 finding(s)" in result.stdout


FORBIDDEN = [
    ("spec/model/check.py", "import psq_kit\n", "spec/ may not know harness/drivers/kit/"),
    ("reference/src/b.cc", '#include "law/clause.h"\n', "reference/ may not know conformance/"),
    ("reference/src/b.cc", "#  include <law/clause.h>\n", "reference/ may not know conformance/"),
    (
        "reference/src/b.cc",
        '#include "../../conformance/law/clause.h"\n',
        "reference/ may not know conformance/",
    ),
    ("reference/src/b.cc", "#include <nlohmann/json.hpp>\n", "reference/ may not use JSON"),
    ("reference/src/b.cc", "#include <gtest/gtest.h>\n", "reference/ may not use GoogleTest"),
    ("reference/src/b.cc", "#include <boost/lockfree/queue.hpp>\n", "may not use Boost"),
    ("reference/src/b.cc", "#include <absl/base/call_once.h>\n", "nor a library in zones.py"),
    ("reference/src/b.cc", '#include "nowhere.h"\n', "neither a file of the project"),
    ("reference/tests/b.cc", '#include "psq/driver/kit.h"\n', "may not know harness/drivers/kit/"),
    ("reference/examples/b.cc", '#include "law/clause.h"\n', "may not know conformance/"),
    (
        "reference/b.cmake",
        "target_link_libraries(psq_reference PRIVATE suite)\n",
        "reference/ may not know conformance/",
    ),
    (
        "reference/b.cmake",
        "target_link_libraries(x PRIVATE $<BUILD_INTERFACE:kit>)\n",
        "reference/ may not know harness/drivers/kit/",
    ),
    (
        "reference/b.cmake",
        "target_link_libraries(x PRIVATE nlohmann_json::nlohmann_json)\n",
        "reference/ may not use JSON",
    ),
    (
        "reference/b.cmake",
        "target_link_libraries(x PRIVATE mystery)\n",
        "mystery is neither a target",
    ),
    ("reference/b.cmake", "target_link_libraries(x PRIVATE ${LIBRARIES})\n", "is neither a target"),
    (
        "reference/b.cmake",
        "target_include_directories(x PRIVATE ../conformance)\n",
        "reference/ may not know conformance/",
    ),
    ("conformance/b.cc", '#include "psq/queue.h"\n', "conformance/ may not know reference/"),
    ("conformance/b.cc", '#include "psq/driver/kit.h"\n', "may not know harness/drivers/kit/"),
    ("conformance/b.cc", "#include <cereal/cereal.hpp>\n", "may not use serialization"),
    ("conformance/b.py", "def f():\n    import psq_kit\n", "may not know harness/drivers/kit/"),
    ("conformance/b.py", "import psq.law\n", "conformance/ may not know harness/"),
    ("conformance/b.py", "from arrows import check\n", "conformance/ may not know ci/"),
    ("conformance/b.py", "import pytest\n", "conformance/ may not use pytest"),
    ("conformance/b.py", "import numpy\n", "numpy is neither a module of the project"),
    ("conformance/b.cmake", "add_dependencies(suite driver)\n", "may not know harness/drivers/ref"),
    (
        "conformance/b.cmake",
        "add_test(NAME a COMMAND suite $<TARGET_FILE:driver>)\n",
        "conformance/ may not know harness/drivers/reference/",
    ),
    (
        "conformance/b.cmake",
        "foreach(l suite psq_reference)\ntarget_link_libraries(s ${l})\nendforeach()",
        "conformance/ may not know reference/",
    ),
    (
        "conformance/b.cmake",
        "include(${CMAKE_SOURCE_DIR}/ci/checks/CMakeLists.txt)\n",
        "conformance/ may not know ci/",
    ),
    ("harness/drivers/kit/b.py", "import psq\n", "harness/drivers/kit/ may not know harness/"),
    ("harness/drivers/kit/b.cc", '#include "psq/queue.h"\n', "kit/ may not know reference/"),
    ("harness/drivers/python/b.py", "import psq\n", "drivers/python/ may not know harness/"),
    ("harness/drivers/python/tests/b.py", "import rich\n", "drivers/python/ may not use rich"),
    (
        "harness/drivers/python/tests/b.py",
        "from gate import main\n",
        "drivers/python/ may not know conformance/",
    ),
    ("harness/drivers/python/b.py", "import rich\n", "drivers/python/ may not use rich"),
    (
        "harness/drivers/other/b.cc",
        '#include "psq/queue.h"\n',
        "harness/drivers/other/ may not know reference/",
    ),
    ("harness/drivers/reference/b.cc", '#include "law/clause.h"\n', "may not know conformance/"),
    (
        "harness/drivers/other/b.cmake",
        "target_link_libraries(x driver)\n",
        "harness/drivers/other/ may not know harness/drivers/reference/",
    ),
    ("harness/psq/b.py", "import psq_kit\n", "harness/ may not know harness/drivers/kit/"),
    ("harness/psq/b.py", "from gate import main\n", "harness/ may not know conformance/"),
    ("harness/b.cmake", "target_link_libraries(x psq_reference)\n", "may not know reference/"),
]


@pytest.mark.parametrize("name, text, complaint", FORBIDDEN)
def test_a_forbidden_arrow_is_caught(house: Tree, name: str, text: str, complaint: str) -> None:
    house.write(name, text)
    result = house.run("arrows")
    assert result.returncode == 1
    assert result.stderr.count("\n") == 1, result.stderr
    assert result.stderr.startswith(f"{name}:")
    assert complaint in result.stderr


def test_the_line_is_named(house: Tree) -> None:
    house.write("conformance/b.cc", '#include <vector>\n\n#include "psq/queue.h"\n')
    house.write("reference/b.cmake", "# a\nset(X\n  a)\ntarget_link_libraries(x\n  suite)\n")
    result = house.run("arrows")
    assert "conformance/b.cc:3: error: " in result.stderr
    assert "reference/b.cmake:4: error: " in result.stderr


def test_python_that_cannot_be_read_is_caught(house: Tree) -> None:
    house.write("conformance/b.py", "import (\n")
    result = house.run("arrows")
    assert result.returncode == 1
    assert "conformance/b.py:1: error: is not Python" in result.stderr


def test_an_empty_tree_is_no_pass(tree: Tree) -> None:
    result = tree.run("arrows")
    assert result.returncode == 1
    assert "found nothing to check" in result.stderr


def test_a_missing_tree_is_no_pass(tree: Tree) -> None:
    tree.root = tree.root / "none"
    assert tree.run("arrows").returncode == 2
