"""Names that old scripts import from the package `future`; Python 3 has all of them."""
