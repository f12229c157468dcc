"""psq driver-check: the rules of the driver protocol, and a request or two that shows each."""
