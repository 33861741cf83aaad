"""What people ask the product to do, one question per module."""
