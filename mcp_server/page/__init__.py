"""The page: the Set in a browser, updated as it changes, with the log of writes and the questions of policies.

gate    access to the page: links, cookies, checks (start reading here)
app     the ASGI applications: files, and the websocket's acceptance
live    the data that all pages share: the story, questions, clients, the transport
visit   one open page: its messages, and the person's actions
digest  the changes since the person's last visit
playheads   the playing positions of the song and of clips
parts   views cut into parts, each drawn by `pictures`
story   the event log as entries that a person reads
static  the page itself: HTML, CSS and modules, as they are served

There is no build step: the browser gets the files in `static` unchanged.
"""

from .serving import PAGE_PORT, serve

__all__ = ["PAGE_PORT", "serve"]
