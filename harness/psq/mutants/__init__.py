"""psq mutants: small changes of an implementation's sources, which the suite has to notice."""
