"""The words of the product: credentials, chains, errors and ports; standard library only."""
