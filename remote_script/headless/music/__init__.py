"""Values of Live's music, without objects: notes, envelopes, loops, warping, colours and parameter texts."""
