"""The verbs of `atmos auth user`."""
