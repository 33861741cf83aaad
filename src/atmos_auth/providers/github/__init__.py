"""GitHub as a provider."""
