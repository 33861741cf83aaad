"""The verbs of `atmos aws ecr`."""
