"""What makes other programs work as an identity: path = kind."""
