"""The launcher of a build tree or an installation starts this, with its folder: __main__.py FOLDER ARG..."""

import sys
from pathlib import Path

_ADVICE = "run ci/setup, or install Debian's python3-rich, python3-jinja2 and python3-jsonschema"

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def _main() -> int:
    if len(sys.argv) < 2:
        print(
            "psq: start it as build/psq, which 'cmake --preset dev' makes, or as the installed psq",
            file=sys.stderr,
        )
        return 64
    try:
        from psq import cli
        from psq.base.paths import Paths
        from psq.base.status import Stop
    except ModuleNotFoundError as error:
        print(f"psq: {sys.executable} has no {error.name}: {_ADVICE}", file=sys.stderr)
        return 70
    try:
        paths = Paths.of(Path(sys.argv[1]))
    except Stop as stop:
        print(f"psq: {stop}", file=sys.stderr)
        return int(stop.status)
    return cli.main(sys.argv[2:], paths)


sys.exit(_main())
