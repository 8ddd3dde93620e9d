"""Code of the second generation only."""
