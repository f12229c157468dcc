"""python -m psq.driver_check: the command without the rest of psq, for the tests of the driver kits."""

import sys

from psq.driver_check.command import main

sys.exit(main(sys.argv[1:]))
