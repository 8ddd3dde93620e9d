"""Other projects' protocols, spoken over the same mirror, policy and queue of writes as MCP."""
