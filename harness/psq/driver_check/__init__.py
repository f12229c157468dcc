"""psq driver-check: the rules of the driver protocol, each with the requests that show it."""
