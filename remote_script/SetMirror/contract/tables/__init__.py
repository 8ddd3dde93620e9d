"""The rows of the table that `schema` reads, split by noun."""
