"""The third generation: what is special to it."""
