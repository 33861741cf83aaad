"""Time, cache, locks and retries, written once for all kinds; kinds are reached by name only."""
