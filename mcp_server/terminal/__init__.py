"""`setmirror top`: the Set in a terminal, alive.

panes      what is shown, as lines of text of a given size: pure functions (start reading here)
following  what is shown besides the mirror: the log as a story, meters, the bridge's clients and queue
screen     the textual application: keys, sizes, when to draw
"""
