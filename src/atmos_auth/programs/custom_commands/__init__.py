"""Commands that a project defines for itself: what they take, and the steps that they run."""
