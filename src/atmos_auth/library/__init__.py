"""The front door for Python programs: the same engine as the command line, without a command line."""
