"""Runs of the suite: drivers by name, programs side by side, one run after the plan."""
