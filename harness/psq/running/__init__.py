"""What runs: drivers by name, the programs of the build tree side by side, one run of the suite."""
