"""The second generation: what is special to it."""
