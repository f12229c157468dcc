"""What the exit statuses of each command mean, as its help says it."""

VERDICT_STATUSES = """\
exit status: 0 conforms, 1 does not conform, 2 inconclusive, 3 the driver is broken,
64 wrong usage, 70 internal error or a full disk (of several: 70, 64, 3, 1, 2, 0);
130 interrupted: what was seen by then is kept
"""

CHECK_STATUSES = """\
exit status: 0 conforms; 1 does not conform, or verifies less than --require or --baseline asks for;
2 inconclusive, or nothing was verified; 3 the driver is broken, by a name in its hello that the law
does not have, for example; 64 wrong usage, such as a ledger or a baseline of another implementation;
70 internal error or a full disk (of several: 70, 64, 3, 1, 2, 0); 130 interrupted: what was seen by
then is kept
"""

HISTORY_STATUSES = """\
exit status: 0 holds, 1 violated, 2 unknown, 64 wrong usage or a broken file, 70 internal error;
130 interrupted
"""

SLOW_STATUSES = """\
exit status: 0 no test failed, 1 one failed, 2 inconclusive, 3 the driver is broken, 64 wrong usage,
70 internal error or a full disk; fewer than one inconclusive test in 1,000, and a single one, count for nothing
"""

DRIVER_CHECK_STATUSES = """\
exit status: 0 the driver keeps every rule that was checked, 3 it is broken, 64 wrong usage
"""

REPLAY_STATUSES = """\
exit status: 0 the driver said what is recorded, 3 it said something else, 64 wrong usage
"""

NEW_DRIVER_STATUSES = """\
exit status: 0 the folder is written, 64 wrong usage, or there is one already
"""

MUTANT_STATUSES = """\
exit status: 0 each mutant is killed or ruled on, 1 some are neither, 2 the budget ended first,
64 wrong usage, 70 internal error; 130 interrupted
"""


LAW_STATUSES = """\
exit status: 0 shown, 64 wrong usage, 70 internal error
"""

REPORT_STATUSES = """\
exit status: 0 the runs conform, 1 one does not, 2 one is inconclusive, 3 a driver is broken,
64 wrong usage or no results, 70 internal error or a full disk, 130 a run was interrupted
"""

KILL_STATUSES = """\
exit status: 0 each fault is found at its clause, 1 one is not, 64 wrong usage, 70 internal error; 130 interrupted
With --scheduler 64 also when the package is missing or a worker has another tree; 70 also when the scheduler
does not answer within 10 s or goes away, has no worker for 5 minutes, or gives a fault up (docs/cluster.md).
"""

SOAK_STATUSES = (
    VERDICT_STATUSES
    + """\
With --scheduler 64 also when the package is missing or a worker has another tree; 70 also when the scheduler
does not answer within 10 s or goes away, has no worker for 5 minutes, or gives a share up (docs/cluster.md).
"""
)

WORKER_STATUSES = """\
exit status: 0 the answer is written, and says how the unit ended, or why it was refused; 64 wrong usage,
70 internal error, 130 standard input was closed first
"""

DIFF_STATUSES = """\
exit status: 0 compared, 1 there is what --fail-on names, 64 wrong usage or runs that cannot be compared,
70 internal error or a full disk
"""


CERTIFICATE_STATUSES = """\
exit status: 0 the run conforms, 1 it does not, 2 it is inconclusive, 64 wrong usage, a run that gets no certificate,
or a certificate that was changed or is of other results, 70 internal error or a full disk
"""

LEDGER_STATUSES = """\
exit status: 0 the ledger is up to date, or was brought up to date, 1 some failures can have no entry,
64 wrong usage, a broken ledger or a run that cannot tell, 70 internal error or a full disk
"""
