"""SetMirror for agents and people: the MCP server, its tools and resources, and the command line."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    # Before anything that an older Python could not read.
    raise SystemExit("setmirror needs Python 3.11 or later; this is %d.%d" % sys.version_info[:2])  # noqa: UP031
