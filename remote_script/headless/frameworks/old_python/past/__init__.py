"""Names that old scripts import from the package `past`."""
