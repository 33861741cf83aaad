"""Other programs, and ourselves, run as identities, the way a configuration says."""
