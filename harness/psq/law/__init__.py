"""The clauses of the law and the tests that decide them, as the suite's binary lists them."""
