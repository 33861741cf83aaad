"""Integrations of programs that work with AWS."""
