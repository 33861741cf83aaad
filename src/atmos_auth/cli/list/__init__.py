"""Verbs below `atmos list`."""
