"""The command lines of the Python drivers: wrong usage ends with the status that psq documents for it."""

import argparse
import sys
from typing import NoReturn

USAGE_STATUS = 64


class Parser(argparse.ArgumentParser):
    """An ArgumentParser whose errors end the process with status 64."""

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(USAGE_STATUS, f"{self.prog}: {message}\n")
