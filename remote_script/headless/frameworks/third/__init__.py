"""Code that only the third generation uses."""
