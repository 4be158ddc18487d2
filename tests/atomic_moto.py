"""moto's server with conditional writes that are atomic, as those of S3 are.

moto looks whether the object is there and then writes, in several threads: of two writers that say `If-None-Match: *`
both may be told that they were first.
"""

from threading import Lock
from typing import Any

from moto.s3.responses import S3Response
from moto.server import main

_put = S3Response.put_object
_one_at_a_time = Lock()


def put_object(self: S3Response) -> Any:
    """Look and write in one step."""
    with _one_at_a_time:
        return _put(self)


S3Response.put_object = put_object  # type: ignore[method-assign]

if __name__ == "__main__":
    main()
