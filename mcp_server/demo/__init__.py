"""The demo: an agent that uses only MCP, a person in Live, and a mirror as a witness that checks both."""
