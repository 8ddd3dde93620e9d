"""Programs that use the mirror, each a file to copy and change; `python -m mirror.examples.session_grid` runs one.

They need Live with SetMirror, or `setmirror live`; they find port and token themselves.
"""
