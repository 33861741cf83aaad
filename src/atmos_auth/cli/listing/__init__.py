"""The list of providers and identities, one file per format: pure functions from what is listed to text."""
