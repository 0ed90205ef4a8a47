"""Tables in Parquet files, read whole or refused in words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import RunFolderError

# A few bytes of Parquet can describe more rows than any memory holds.
MOST_CELLS = 200_000_000


def read_parquet(path: Path) -> pd.DataFrame:
    """Read a table.

    Raises
    ------
    RunFolderError
        If there is none, or it cannot be read; the message names the file.
    """
    try:
        with pq.ParquetFile(path) as file:
            cells = file.metadata.num_rows * file.metadata.num_columns
            if cells > MOST_CELLS:
                raise RunFolderError(f"{path}: cannot be read: it has {cells:,} cells; at most {MOST_CELLS:,} are read")
            # What pandas notes of itself in a file says nothing that the columns do not.
            table: pd.DataFrame = file.read().to_pandas(ignore_metadata=True)
    except RunFolderError:
        raise
    except (OSError, ValueError, pa.ArrowException) as error:
        raise RunFolderError(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
    return table
