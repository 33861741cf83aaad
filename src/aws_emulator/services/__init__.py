"""The emulated services, one file each."""
