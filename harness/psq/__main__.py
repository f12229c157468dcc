"""The launcher of a build tree starts this, with the path of the tree: __main__.py BUILD_DIR ARG..."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


def _main() -> int:
    if len(sys.argv) < 2:
        print("psq: start it as build/psq, which 'cmake --preset dev' makes", file=sys.stderr)
        return 64
    try:
        from psq import cli
        from psq.base.paths import Paths
    except ModuleNotFoundError as error:
        print(f"psq: {sys.executable} has no {error.name}: run ci/setup", file=sys.stderr)
        return 70
    return cli.main(sys.argv[2:], Paths(build=Path(sys.argv[1])))


sys.exit(_main())
