"""The webhook's end of a connection: one that keeps it waiting for a request is closed.

uvicorn waits for ever for the rest of a request's head, and for that of a body it has answered already. Whoever opens
as many connections as it takes, and sends nothing, would keep all others out, without the token.
"""

import asyncio

from uvicorn.protocols.http.h11_impl import H11Protocol

__all__ = ["TimedProtocol"]

REQUEST_SECONDS = 10.0


class TimedProtocol(H11Protocol):
    """As uvicorn's, but that what belongs to no request being answered may come for so long only.

    How long the body of one may take is the application's affair.
    """

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for a request."""
        super().connection_made(transport)
        self._watch()

    def data_received(self, data: bytes) -> None:
        """Go on waiting, unless a request is complete enough to be answered."""
        super().data_received(data)
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        super().connection_lost(exc)
        self._stop_watching()

    def _watch(self) -> None:
        if self._is_answering:
            self._stop_watching()
        elif self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_SECONDS, self._close_unless_answering)

    def _stop_watching(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    @property
    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _close_unless_answering(self) -> None:
        self._deadline = None
        if not self._is_answering:
            self.transport.close()
