"""The verbs of `atmos list`."""
