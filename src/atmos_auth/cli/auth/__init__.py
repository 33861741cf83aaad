"""The verbs of `atmos auth`, one file each."""
