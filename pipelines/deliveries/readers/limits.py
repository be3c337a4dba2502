"""How much is read at once, and how much a delivery can be: all numbers in one place.

Here: sizes of parts and blocks, and the limits beyond which a file is refused.
Not here: what they are used for, which stands with each format.

The largest table of the chain is expected to hold some 100,000 rows of ten columns (20 MB as CSV);
the limits leave room for a log a hundred times that.
"""

# Rows in one part: large enough for vectorised work, small enough for a few hundred megabytes.
ROWS_PER_PART = 250_000
# Files over this size are read as a stream.
STREAM_FROM_BYTES = 32 * 2**20
BLOCK_BYTES = 8 * 2**20
# What is packed comes out in pieces of this size.
BUFFER_BYTES = 2**20

# 2026-11-26: most bytes that may come out of a packed file: a hundred million cells.
UNPACKED_BYTES = 4 * 2**30
# 2026-11-26: and most times its own size, once it is larger than the second number. Extracts unpack
# to 3 to 20 times their size and XES to 60; a file made to unpack without end does so 1,000 times.
UNPACKED_TIMES = 100
RATIO_COUNTS_FROM_BYTES = 64 * 2**20
# 2026-11-26: most bytes on one line of JSON, which is held in memory as a whole.
LINE_BYTES = 2**20
# 2026-11-26: most columns; contracts have 5 to 20, and an event log of the standard some 100.
COLUMNS = 1_000
# 2026-11-26: most cells of a worksheet up to its last row and column, empty ones included, since
# they take memory too: a full sheet of some 300,000 rows.
SHEET_CELLS = 5_000_000
# 2026-11-26: most bytes of all parts of a workbook together, unpacked.
WORKBOOK_BYTES = 256 * 2**20
# 2026-11-26: most cells of a Parquet file, where a column of one value takes no room at all, and
# most bytes of text that one part of it may come to.
PARQUET_CELLS = 200_000_000
PART_BYTES = 2 * 2**30
# 2026-11-26: longest that one file may take: ten times what the largest takes.
SECONDS_PER_FILE = 3_600

# What is read in a process of its own, which is stopped where it takes more.
# 2026-11-26: longest for any file, and for each MB of it as delivered: five times what XES in gzip
# takes, the slowest, beside other work.
SECONDS_AT_LEAST = 60
SECONDS_PER_MB = 60
# 2026-11-26: most memory for a file: three times what a workbook of as many cells as may be takes.
MEMORY_BYTES = 4 * 2**30
# Largest answer: a part with its row numbers.
ANSWER_BYTES = PART_BYTES + 2**28
# Bytes of files after which another process takes over.
BYTES_PER_PROCESS = 256 * 2**20


def seconds_for(size: int) -> float:
    """Longest that reading a file of so many bytes may take."""
    return min(SECONDS_AT_LEAST + SECONDS_PER_MB * size / 2**20, SECONDS_PER_FILE)
