"""What templates can call, by theme; `table` has them all."""
