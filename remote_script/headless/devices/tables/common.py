"""Rows that several devices share."""

from __future__ import annotations

SIDE_CHAIN = """
SideChain/OnOff | S/C On | [Off|On] = 0
SideChain/RoutedInput/Volume | S/C Gain | gain = 1
SideChain/DryWet | S/C Mix | percent 0..1 = 1
"""

SIDE_CHAIN_EQ = """
SideChainEq/On | S/C EQ On | [Off|On] = 0
SideChainEq/Mode | S/C EQ Type | [Low Shelf|Bell|High Shelf|Lowpass|Bandpass|Highpass] = 5
SideChainEq/Freq | S/C EQ Freq | hz:log:30:15000 = 200
SideChainEq/Q | S/C EQ Q | :log:0.1:12 = 0.7071
SideChainEq/Gain | S/C EQ Gain | db -15..15 = 0
"""

SYNCED_RATES = "[1/64|1/48|1/32|1/24|1/16|1/12|1/8|1/6|3/16|1/4|5/16|1/3|3/8|1/2|3/4|1|1.5|2|3|4|6|8]"
"""The 22 steps of synced modulation rates."""

BEAT_DELAYS = "[1|2|3|4|5|6|8|16]"
"""Sixteenths of beat-synced delays."""
