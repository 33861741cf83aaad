"""The verbs of `atmos aws`."""
