"""What old scripts import from the package `past`."""
