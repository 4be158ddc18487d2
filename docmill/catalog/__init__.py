"""The catalog: a Delta table beside the records, derived from them. Import `docmill.catalog.aws` by its path: boto3."""

from docmill.catalog.records import row_of, row_of_record
from docmill.catalog.table import Catalog

__all__ = ["Catalog", "row_of", "row_of_record"]
