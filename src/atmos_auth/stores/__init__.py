"""What we keep between runs, and where it rests."""
