"""The verbs of `atmos aws eks`."""
