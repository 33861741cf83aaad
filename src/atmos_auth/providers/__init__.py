"""Upstreams that prove who a person or a job is; path = kind."""
