"""psq new-driver: the templates of a new driver, and what is written of them."""
