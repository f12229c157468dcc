"""The psq command: runs the conformance suite's binary and reads its result files.

It never talks to a driver and never decides about a clause by itself: the binary judges, psq
plans, runs batches side by side, checks that what was planned ran, and shows what came out.
"""
