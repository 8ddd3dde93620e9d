"""The demo: an agent that speaks MCP alone, a person, and a witness that checks both."""
