"""Where long-lived keys rest: the system's keyring, an encrypted folder, or this process alone."""
