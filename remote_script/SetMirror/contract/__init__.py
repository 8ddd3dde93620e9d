"""What the Remote Script and the server share: the table of Live's Object Model, errors, keys, values, pure rules."""
