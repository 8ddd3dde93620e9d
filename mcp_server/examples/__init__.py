"""Programs that use the MCP server as any client does."""
