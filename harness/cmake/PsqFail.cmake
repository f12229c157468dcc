# cmake -DMESSAGE=TEXT -P PsqFail.cmake: prints the text and fails.
message(FATAL_ERROR "${MESSAGE}")
