"""A controller of the driver protocol: it starts a driver, sends requests and returns the answers.

It shares nothing with the suite but spec/driver-protocol.md and the schemas. `psq driver-check` stands on it, and so
do the tests of the drivers and of the driver kits.
"""
