"""The Set in the conversation: an MCP App (SEP-1865, version 2026-01-26) for clients that show views of servers.

extension   who is offered views, and which address each tool's view has (start reading here)
document    the view as one HTML document, assembled from its modules and the page's
belonging   what a view shows of one call: the place in the Set, the change, the buttons
following   the tool by which a view follows the Set; only views are meant to call it
static      the view's own HTML, CSS and modules; it draws with those of the page

A view has no network and no push: it calls `follow_view` through its host, which answers when something in sight looks
different. Everything that it shows is in the tools' text and pictures too. Meters do not move in
a view: that would take ten calls a second.
"""
