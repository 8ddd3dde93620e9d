"""The Set in the conversation: an MCP App (SEP-1865, version 2026-01-26) for clients that show views of servers.

extension   the clients that get views, and the address of each tool's view (start reading here)
document    the view as one HTML document, assembled from its modules and the page's
belonging   what a view shows of one call: the place in the Set, the change, the buttons
following   the tool by which a view follows the Set; only views are meant to call it
static      the view's own HTML, CSS and modules; it draws with those of the page

A view has neither network nor push messages: it calls `follow_view` through its host, and the answer comes when a
visible part looks different. The tools' text and pictures have the same content as views.
"""
