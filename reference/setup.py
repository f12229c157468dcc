"""The part of the package's build that pyproject.toml cannot say: the version, and the extension in C++."""

import re
from pathlib import Path

from pybind11.setup_helpers import ParallelCompile, Pybind11Extension, build_ext
from setuptools import setup

HERE = Path(__file__).parent
HEADER = (HERE / "include/psq/version.h").read_text(encoding="utf-8")
VERSION = ".".join(re.findall(r"#define PSQ_VERSION_(?:MAJOR|MINOR|PATCH) ([0-9]+)", HEADER))
SOURCES = sorted(str(path.relative_to(HERE)) for path in (HERE / "src").glob("*.cc"))

ParallelCompile().install()
setup(
    version=VERSION,
    ext_modules=[
        Pybind11Extension(
            "psq._native",
            ["python/native/module.cc", *SOURCES],
            include_dirs=["include", "."],
            cxx_std=20,
            extra_compile_args=["-O2", "-g0"],
            # The library's threads may run when the interpreter has ended.
            extra_link_args=["-Wl,-z,nodelete"],
        )
    ],
    cmdclass={"build_ext": build_ext},
)
