"""SetMirror for agents and people: the MCP server, its tools and resources, and the command line."""
