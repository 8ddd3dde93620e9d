"""SetMirror for agents and people: the MCP server, its tools and resources, and the command line."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    # Checked before the import of modules that an older Python cannot parse.
    raise SystemExit("setmirror needs Python 3.11 or later; this is %d.%d" % sys.version_info[:2])  # noqa: UP031
