"""How a Remote Script is loaded, kept apart, timed and logged, and what it leaves behind."""
