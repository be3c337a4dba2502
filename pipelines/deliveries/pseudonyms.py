"""The agreed form of a pseudonym, and the mark of a simulated one.

Here: what a pseudonym looks like.
Not here: how partners make one (a keyed hash outside this system; the key never comes here), and
the columns that hold them (the contracts say so).
"""

import re

# 26 characters of base32 are 128 bits: a plain hexadecimal digest can never be mistaken for one.
CASE_PREFIX = "z1_"
PERSON_PREFIX = "p1_"
LENGTH = 26
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
WITHIN_TEXT = re.compile(rf"(?<![A-Za-z0-9])[zp]1_[a-z2-7]{{{LENGTH}}}(?![A-Za-z0-9])")

# Simulated pseudonyms start with this, right after the prefix. The chance that a real one does is
# 1 in 32^5; the mark survives copying, renaming and redelivery, and needs no column of its own.
SYNTHETIC_MARK = "synth"
