"""Result files, the runs that they hold, and what a run says of each clause."""
