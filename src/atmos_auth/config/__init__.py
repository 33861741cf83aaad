"""Find, read and merge `atmos.yaml`, and keep the place every value was written at."""
