"""AWS principals, one file per kind."""
