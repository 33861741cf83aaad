"""Atmos Auth: name an identity, and every AWS tool works as it."""

__version__ = "0.1.0"
