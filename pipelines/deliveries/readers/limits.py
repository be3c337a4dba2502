"""How much is read at once, in numbers.

Here: sizes of parts and blocks.
Not here: what they are used for, which stands with each format.
"""

# Rows in one part: large enough for vectorised work, small enough for a few hundred megabytes.
ROWS_PER_PART = 250_000
# Files over this size are read as a stream.
STREAM_FROM_BYTES = 32 * 2**20
BLOCK_BYTES = 8 * 2**20
