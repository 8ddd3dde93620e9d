"""Code that only the first generation uses."""
