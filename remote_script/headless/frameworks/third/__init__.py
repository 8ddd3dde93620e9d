"""Code of the third generation only."""
