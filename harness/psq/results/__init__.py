"""Result files, the runs that they hold, and the result of each clause in a run."""
