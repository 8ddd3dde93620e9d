"""Live's Python API as scripts see it: handles, values, members, error texts, listeners and late values."""
