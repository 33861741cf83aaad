"""Terraform for a component of a stack: what it is given, as whom it runs, and in which order."""
