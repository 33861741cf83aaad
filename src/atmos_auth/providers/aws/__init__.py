"""AWS sign-in services, one file per kind."""
