"""Loads, isolates, times and logs Remote Scripts, and reports their leaks."""
