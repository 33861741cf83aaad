"""The verbs of `atmos validate`."""
