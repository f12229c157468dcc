"""Puts the driver kit on the module path, wherever the driver was started from."""

import os
import sys

_KIT = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "kit", "python")
if _KIT not in sys.path:
    sys.path.append(_KIT)
