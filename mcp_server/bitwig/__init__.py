"""Bitwig as a Set: the Live side of the bridge, over an extension that speaks DAW MCP's protocol (version 0.8.1).

`objects` shows a project as Live's Object Model does, `project` keeps it up to date by polling, and `side` runs
SetMirror's own script on it: rows, batches, attribution, the policy's guard and the verification of writes are those
of the script. The protocol has no notifications, so a person's edits are found by polling:

* A cycle starts every `POLL_S` seconds. It asks five questions about the project, the transport and the tracks, and
  `SLICE` questions about clips and notes, which go through the whole project cycle by cycle; see `project`.
* A cycle's answers are applied together; answers about clips only if the list of tracks did not change during it.
* A write asks at once, waits at most `REPLY_S` seconds, and reads the changed values back before it is answered.

A property that the protocol does not offer is absent from the rows; writing or calling it is NOT_AVAILABLE with the
reason (`reasons`). Another project and a lost connection end the epoch, as opening a Set does in Live.
"""
