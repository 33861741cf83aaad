"""Regular expressions as Go has them: its syntax, and a time that grows with the text and not beyond."""
