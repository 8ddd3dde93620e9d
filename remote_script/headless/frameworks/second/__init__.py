"""Code that only the second generation uses."""
