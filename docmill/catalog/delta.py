"""deltalake and Arrow, loaded so that they keep nothing of what was freed: a worker commits for days, now and then."""

import os
import sys

import pyarrow as pa

from docmill.heap import frugal_jemalloc

with frugal_jemalloc():
    from deltalake import CommitProperties, DeltaTable, QueryBuilder, write_deltalake
    from deltalake.exceptions import DeltaError, TableNotFoundError

__all__ = ["CommitProperties", "DeltaError", "DeltaTable", "QueryBuilder", "TableNotFoundError", "write_deltalake"]

# Arrow's own pool keeps what each thread that commits had: the C library's, see `docmill.heap`, does not.
if sys.platform == "linux" and "ARROW_DEFAULT_MEMORY_POOL" not in os.environ:
    pa.set_memory_pool(pa.system_memory_pool())
