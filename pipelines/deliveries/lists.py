"""A list of the chain as a CSV file: its rows, or one line that says what is wrong with the file.

Here: reading such a file, whatever is in it.
Not here: what a list says (`accepted`, `linkage.merges`, `codelists`), and the seeds as a whole,
which are held to their description before a build (`pipelines.chain`).
"""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path


class ListError(ValueError):
    """A file is no such list; the message names file, line and remedy."""


def read_list(
    path: Path, columns: Sequence[str] | None = None
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a list, each with the number of its last line.

    Args:
        path: The file.
        columns: What its header must say; any header when None.

    Raises:
        ListError: It cannot be read, is no CSV, or a row has not as many cells as the header.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ListError(f"{path.name}: kan niet worden gelezen ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ListError(
            f"{path.name}: is geen UTF-8 (byte {error.start}); bewaar het als UTF-8"
        ) from error
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(lines, [])
        if columns is not None and tuple(header) != tuple(columns):
            raise ListError(f"{path.name}: verwacht de kolommen {','.join(columns)}")
        for cells in lines:
            if cells and len(cells) != len(header):
                raise ListError(
                    f"{path.name} regel {lines.line_num}: {len(cells)} waarden voor {len(header)} "
                    "kolommen; herstel de regel"
                )
            if cells:
                yield lines.line_num, dict(zip(header, cells, strict=True))
    except csv.Error as error:
        raise ListError(f"{path.name} regel {lines.line_num}: is geen CSV ({error})") from error
