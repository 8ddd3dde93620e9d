"""Code of the first generation only."""
