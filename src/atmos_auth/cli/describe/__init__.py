"""The verbs of `atmos describe`."""
