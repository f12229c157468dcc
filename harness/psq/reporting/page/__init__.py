"""The page of a report: a summary, and a matrix of clauses by implementation with all that is known of each."""
