"""The psq command: runs the conformance suite's binary and reads its result files.

psq never decides about a clause: the binary judges. psq plans, runs tests side by side, checks that
every planned test ran, and shows the results.
"""
