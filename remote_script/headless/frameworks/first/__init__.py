"""The first generation: what is special to it."""
