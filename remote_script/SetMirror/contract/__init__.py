"""Code that script and server share: the table of Live's Object Model, errors, keys, values and pure rules."""
