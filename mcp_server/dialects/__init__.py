"""Protocols of other projects, served by the same mirror, policy and write queue as MCP."""
