"""What one can become; path = kind."""
