"""DAW MCP's protocol, version 0.8.1: each method is a read of the mirror, or a plan of one of our tools.

Only translation, without sockets and tasks. A method names the tool whose policy rules apply to it. Writes go through
the desk: policy, read-only mode, attribution, verification and the single undo step are those of the tools.

The document counts tracks and slots from 1 and notes in steps of a sixteenth (that project's default grid), velocities
0 to 127. That project's own MCP server differs from the document: on the wire it counts from 0, gives note times in
beats, and reads notes as objects with velocities 0 to 1; `EXTENSION` is that variant. Volume is Live's fader value
from 0 to 1. Return tracks are numbered after the other tracks, as type "effect"; the main track has no number.
"""

from .indexed import DOCUMENT, EXTENSION, Dialect, Unsupported
from .methods import METHODS, call, read

__all__ = ["DOCUMENT", "EXTENSION", "METHODS", "Dialect", "Unsupported", "call", "read"]
