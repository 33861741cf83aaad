"""Workflows: steps that run one after the other, each as the identity that it names."""
