"""What old scripts import from the package `future`: Python 3 already is it."""
