"""What a shell may offer after the words that were typed so far, and the scripts that have shells ask."""
