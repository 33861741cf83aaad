"""The verbs of `atmos auth keyring`."""
