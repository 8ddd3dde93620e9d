"""Bitwig as a Set: the Live side of the bridge, over an extension that speaks DAW MCP's protocol (version 0.8.1).

`objects` has a project in the shape of Live's Object Model, `project` keeps it true by asking, and `side` hosts
SetMirror's own script on it: rows, batches, attribution, the policy's guard and the verification of writes are the
script's, unchanged. The protocol notifies of nothing, so what a person does is seen with the next answers:

* `POLL_S` is the distance of two cycles. A cycle asks five questions about the project, the transport and the tracks,
  and `SLICE` about clips and notes, one after the other through the whole project; see `project`.
* A cycle's answers are applied together, and what it says about clips only if the tracks stood still meanwhile.
* A write asks at once, waits at most `REPLY_S`, and reads back what it changed before it is answered.

What the protocol does not give is absent from the rows; writing or calling it is NOT_AVAILABLE with the reason
(`reasons`). Another project, and a lost connection, end the epoch as opening a Set does in Live.
"""
