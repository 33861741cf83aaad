"""How credentials reach programs: AWS files, environments, and the formats that shells read."""
