"""The page: the Set in a browser, alive, with the log of writes and the questions of policies.

gate    who may see it: links, cookies, checks (start reading here)
app     the ASGI applications: files, and the websocket's acceptance
live    what all pages share: the story, questions, clients, the transport
visit   one open page: what it is sent, and what the person does there
digest  what changed since the person was last here
playheads   where the song and clips play
parts   views cut into parts, each drawn by `pictures`
story   the event log as entries that a person reads
static  the page itself: HTML, CSS and modules, as they are served

Nothing of it is built: what lies in `static` is what the browser gets.
"""

from .serving import PAGE_PORT, serve

__all__ = ["PAGE_PORT", "serve"]
