"""The documentation, and the program that writes its reference from the code: `python -m docs.generate`."""
