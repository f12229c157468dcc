# cmake -DMESSAGE=TEXT -P PsqFail.cmake: fails, and says why.
message(FATAL_ERROR "${MESSAGE}")
