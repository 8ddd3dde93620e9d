"""Descriptions of Sets, generated Sets, and the library of the browser's files."""
