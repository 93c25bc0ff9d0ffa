"""Parquet files, with the optional ``pyarrow`` (``pip install xl-relances[parquet]``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xl_relances.errors import RefusedError
from xl_relances.imports import headers
from xl_relances.imports.dates import Cell
from xl_relances.imports.sources import NOTHING, Source

_MOST_BYTES = 2 << 30


def open_parquet(path: Path) -> Source:
    """The columns of a Parquet file as rows.

    Raises:
        RefusedError: pyarrow is not installed, or the file is no such file.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - optional
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        raise RefusedError(
            f"{path.name} : fichier Parquet ; installez xl-relances[parquet] pour le lire. "
            f"{NOTHING}"
        ) from None
    try:
        file = pq.ParquetFile(path)
        size = sum(
            file.metadata.row_group(i).total_byte_size for i in range(file.metadata.num_row_groups)
        )
        if size > _MOST_BYTES:
            raise RefusedError(f"{path.name} : fichier d'une taille démesurée, refusé. {NOTHING}")
        table = file.read()
        columns = [[_cell(v) for v in column.to_pylist()] for column in table.columns]
    except (pa.ArrowException, OSError, ValueError):
        raise RefusedError(
            f"{path.name} : fichier Parquet abîmé ou coupé. Exportez-le à nouveau. {NOTHING}"
        ) from None
    titles = tuple(table.column_names)
    if headers.score(titles) == 0:
        raise RefusedError(
            f"{path.name} : aucune colonne reconnue parmi {', '.join(titles)}. {NOTHING}"
        )
    rows = [(line, row) for line, row in enumerate(zip(*columns, strict=True), start=1)]
    return Source(
        file=path.name,
        encoding="Parquet",
        separator=None,
        header=headers.Header(0, titles),
        rows=rows,
    )


def _cell(value: Any) -> Cell:
    """Missing numbers are written as not-a-number."""
    return None if isinstance(value, float) and value != value else value  # noqa: PLR0124
