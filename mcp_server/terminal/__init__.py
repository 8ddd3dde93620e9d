"""`setmirror top`: the Set in a terminal, updated as it changes.

panes      the panes as lines of text of a given size: pure functions (start reading here)
following  data that the mirror does not have: the log as a story, meters, the bridge's clients and queue
screen     the textual application: keys, sizes, when to draw
"""
