"""Names of drivers."""

import json
import sys

import pytest

from psq.base.status import DriverMissing, InternalError, UsageError
from psq.running.drivers import Driver, find_interpreter, resolve

from conftest import fault_row, make_program

SYSTEM = "/usr/bin/python3"


def test_cpython_is_the_systems_by_fork(paths):
    driver = resolve("cpython", paths)
    assert driver.argv == (SYSTEM, str(paths.python_driver), "--start-method", "fork")
    assert (driver.label, driver.implementation, driver.slug) == ("cpython", "cpython", "cpython")


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_start_method_by_colon_or_option(paths, method):
    by_colon = resolve(f"cpython:{method}", paths)
    assert by_colon == resolve("cpython", paths, start_method=method)
    assert by_colon.argv[-2:] == ("--start-method", method)
    assert by_colon.slug == f"cpython-{method}"


def test_an_interpreter_by_suffix_or_option(paths):
    by_suffix = resolve(f"cpython:spawn@{sys.executable}", paths)
    assert by_suffix == resolve("cpython:spawn", paths, interpreter=sys.executable)
    assert by_suffix.argv[0] == sys.executable


@pytest.mark.parametrize(
    "text, method", [("cpython-manager", "fork"), ("cpython-manager:spawn", "spawn")]
)
def test_the_queues_of_a_manager(paths, text, method):
    driver = resolve(text, paths)
    assert driver.argv == (SYSTEM, str(paths.python_driver), "--start-method", method, "--manager")
    assert (driver.label, driver.implementation) == (text, "cpython-manager")


def test_a_module_with_the_same_face(paths):
    driver = resolve("python:queue:spawn", paths)
    assert driver.argv[-2:] == ("--module", "queue")
    assert driver.implementation == "queue"


def test_the_package_of_the_tree_is_found_where_the_build_has_made_it(paths):
    package = paths.python_package / "psq"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("import no_such_module\n")
    with pytest.raises(DriverMissing, match="no_such_module"):
        resolve("python:psq", paths)
    (package / "__init__.py").write_text("")
    driver = resolve("python:psq:spawn", paths)
    assert driver.argv[-4:] == ("--module", "psq", "--path", str(paths.python_package))
    assert (driver.label, driver.implementation) == ("python:psq:spawn", "psq-python")


def test_cpp_and_python_in_turn(paths):
    cpp = str(make_program(paths.build / "bin" / "psq-mixed-driver", "exit 0"))
    package = paths.python_package / "psq"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    python = (SYSTEM, str(paths.mixed_driver), "--path", str(paths.python_package))
    assert resolve("mixed", paths) == Driver("mixed", (cpp, "--", *python), "psq-mixed")
    assert resolve("mixed:cpp", paths) == resolve("mixed", paths)
    assert resolve("mixed:python", paths).argv == (*python, "--cpp", cpp)
    assert resolve(f"mixed@{sys.executable}", paths).argv[2] == sys.executable
    with pytest.raises(UsageError, match="Did you mean python?"):
        resolve("mixed:pyhton", paths)
    with pytest.raises(UsageError, match="its own start method"):
        resolve("mixed", paths, start_method="spawn")


def test_the_reference_may_lend(paths):
    program = make_program(paths.build / "bin" / "psq-reference-driver", "exit 0")
    assert resolve("reference", paths).argv == (str(program),)
    driver = resolve("reference:loans", paths)
    assert driver.argv == (str(program), "--loans", "1")
    assert (driver.label, driver.implementation) == ("reference:loans", "reference")
    assert resolve("reference:loans:7", paths).argv == (str(program), "--loans", "7")


def test_a_slow_driver_is_another_one_with_pauses(paths):
    slow = make_program(paths.build / "bin" / "psq-slow-driver", "exit 0")
    inner = resolve("cpython:spawn", paths)
    driver = resolve("slow:7:cpython:spawn", paths)
    assert driver.argv == (str(slow), "--seed", "7", "--", *inner.argv)
    assert (driver.label, driver.implementation) == ("slow:7:cpython:spawn", "cpython")
    driver = resolve("slow:7/late:cpython", paths, start_method="spawn")
    assert driver.argv == (str(slow), "--seed", "7", "--profile", "late", "--", *inner.argv)


@pytest.mark.parametrize("text", ["slow", "slow:7", "slow:7:", "slow:x:cpython", "slow::cpython"])
def test_a_slow_driver_needs_a_seed_and_a_driver(paths, text):
    with pytest.raises(UsageError, match="name a seed and a driver"):
        resolve(text, paths)


def test_a_command_line_names_files_absolutely(paths, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    driver = resolve("./driver bin/psq-conformance --flag 'two words'", paths)
    suite = str(tmp_path / "bin" / "psq-conformance")
    assert driver.argv == (str(tmp_path / "driver"), suite, "--flag", "two words")


@pytest.mark.parametrize(
    "text, said",
    [
        ("refrence", "Did you mean reference?"),
        ("cpython:spwan", "Did you mean spawn?"),
        ("cpython@", "after the @"),
        ("cpython:fork:spawn", "too many colons"),
        ("python:", "name a module"),
        ("reference:spawn", "Did you mean reference or reference:loans?"),
        ("reference:loans:1:2", "Did you mean reference or reference:loans?"),
        ("reference:loans:seven", "the seed is a number"),
        ("a 'b", "cannot split"),
        (" ", "is empty"),
        ("true", "give its path"),
    ],
)
def test_wrong_names_say_what_to_do(paths, text, said):
    with pytest.raises(UsageError, match=None) as caught:
        resolve(text, paths)
    assert said in str(caught.value)


def test_what_is_given_twice_is_refused(paths):
    with pytest.raises(UsageError, match="twice"):
        resolve("cpython:fork", paths, start_method="spawn")
    with pytest.raises(UsageError, match="twice"):
        resolve("cpython@python3", paths, interpreter=SYSTEM)
    with pytest.raises(UsageError, match="no interpreter"):
        resolve("reference", paths, interpreter=SYSTEM)


@pytest.mark.parametrize("text", ["/no/such/driver", "./no-driver --x", "nothing-like-it --x"])
def test_a_driver_that_is_not_there(paths, text):
    with pytest.raises(DriverMissing, match="no driver at that path"):
        resolve(text, paths)


def test_a_driver_that_is_no_program(paths, tmp_path):
    (tmp_path / "text").write_text("no program")
    with pytest.raises(DriverMissing, match="not an executable file"):
        resolve(str(tmp_path / "text"), paths)


def test_a_driver_that_is_not_built(paths):
    with pytest.raises(InternalError, match="cmake --build"):
        resolve("reference", paths)


def test_an_interpreter_that_is_not_there(paths):
    with pytest.raises(DriverMissing, match="^there is no interpreter 'python9.99'. Give"):
        resolve("cpython@python9.99", paths)


def test_a_module_that_is_not_there(paths):
    with pytest.raises(DriverMissing, match="cannot import no_such_module"):
        resolve("python:no_such_module", paths)


def test_a_placeholder_before_the_real_interpreter_is_passed_over(tmp_path, monkeypatch):
    make_program(tmp_path / "shims" / "pythonish", "echo 'no such version' >&2; exit 127")
    real = make_program(tmp_path / "real" / "pythonish", f'exec "{sys.executable}" "$@"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'shims'}:{tmp_path / 'real'}")
    assert find_interpreter("pythonish") == str(real)


def test_an_old_interpreter_is_refused(tmp_path):
    old = make_program(tmp_path / "old", "echo 3 8")
    with pytest.raises(DriverMissing, match="3.9 or newer"):
        find_interpreter(str(old))


def test_labels_that_differ_have_files_that_differ():
    labels = ["cpython", "cpython:spawn", "cpython@spawn", "./a b", "./a  b", "/x/" + "y" * 200]
    slugs = {Driver(label, (), "x").slug for label in labels}
    assert len(slugs) == len(labels)
    assert all("/" not in slug and len(slug) < 80 for slug in slugs)


def test_variants_by_name(paths):
    resolved = resolve("variant:file", paths)
    assert (resolved.label, resolved.implementation) == ("variant:file", "variant-file")
    assert resolved.argv[1:] == (str(paths.variants_driver), "file")
    with pytest.raises(UsageError, match="Did you mean broker"):
        resolve("variant:brokr", paths)
    with pytest.raises(UsageError, match="own start method"):
        resolve("variant:file", paths, start_method="spawn")


def test_brokers_by_name(paths):
    resolved = resolve("broker:beanstalkd", paths)
    assert (resolved.label, resolved.implementation) == ("broker:beanstalkd", "broker-beanstalkd")
    assert resolved.argv[1:] == (str(paths.broker_driver), "beanstalkd")
    with pytest.raises(UsageError, match="bullmq, nats.*Did you mean bullmq"):
        resolve("broker:bulmq", paths)


@pytest.mark.parametrize("name, server", [("bullmq", "redis-server"), ("nats", "nats-server")])
def test_a_broker_whose_client_is_a_module_of_npm(paths, tmp_path, monkeypatch, name, server):
    make_program(tmp_path / "bin" / server, "exit 70")
    make_program(tmp_path / "bin" / "node", "exit 0")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/bin")
    resolved = resolve(f"broker:{name}", paths)
    assert resolved.argv == (SYSTEM, str(paths.broker_driver), name)
    assert resolved.implementation == f"broker-{name}"
    missing = f"{name} is not installed: npm install --global {name}@1.2.3"
    make_program(tmp_path / "bin" / "node", f"echo '{missing}' >&2; exit 64")
    with pytest.raises(DriverMissing, match=f"^broker:{name}: .*{missing}$"):
        resolve(f"broker:{name}", paths)


def test_libraries_by_name(paths):
    program = make_program(paths.build / "bin" / "psq-mqueue-driver", "exit 0")
    resolved = resolve("library:mqueue", paths)
    assert resolved == Driver("library:mqueue", (str(program),), "library-mqueue")
    with pytest.raises(UsageError, match="Did you mean zeromq"):
        resolve("library:zeromk", paths)
    with pytest.raises(UsageError, match="there are boost, mqueue, zeromq"):
        resolve("library", paths)
    with pytest.raises(UsageError, match="no interpreter or start method"):
        resolve("library:mqueue", paths, start_method="spawn")


def test_a_library_that_is_not_installed(paths):
    (paths.build / "bin" / "psq-boost-driver.missing").write_text("libboost-dev\n")
    with pytest.raises(DriverMissing, match="library:boost: libboost-dev is not installed"):
        resolve("library:boost", paths)


def test_faults_by_name(paths, tmp_path):
    programs = []
    for name, fault in (("psq-faulty-driver", "drops"), ("psq-faulty-python-driver", "repeats")):
        line = json.dumps(fault_row(fault))
        programs.append(make_program(tmp_path / "bin" / name, f"echo '{line}'"))
    in_cpp, in_python = programs
    assert resolve("faulty:drops", paths).argv == (str(in_cpp), "--fault", "drops")
    assert resolve("faulty:repeats", paths).argv == (str(in_python), "--fault", "repeats")
    with pytest.raises(UsageError, match="Did you mean drops"):
        resolve("faulty:drop", paths)
