"""Prefect's temporary server, on a leash: Prefect stops it at an orderly end, not where the command is killed."""

import os
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any

from docmill.errors import ServiceError
from docmill.server_process import LOOPBACK, python_server

if TYPE_CHECKING:
    from prefect.server.api.server import SubprocessASGIServer

__all__ = ["leash_temporary_server"]

_OWN = {"PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}  # as Prefect's


def leash_temporary_server() -> None:
    """Have the server that Prefect starts where no API is named end with this process, however that ends.

    Raises:
        ServiceError: It would have no place for its database.
    """
    _check_home()
    from prefect.server.api.server import SubprocessASGIServer

    SubprocessASGIServer._run_uvicorn_command = _start  # type: ignore[assignment, method-assign]  # noqa: SLF001


def _check_home() -> None:
    """Else the server would be waited for in vain, for minutes."""
    from prefect.settings import get_current_settings

    settings = get_current_settings()
    database = settings.server.database.connection_url
    if database is None or str(settings.home) not in database.get_secret_value():
        return  # it lies elsewhere
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=settings.home).close()
    except OSError as error:
        hint = "set PREFECT_HOME to one that can, or PREFECT_API_URL to a server that is there"
        raise ServiceError(f"Prefect's folder {settings.home} cannot be written to: {error}", hint=hint) from error


def _start(server: "SubprocessASGIServer") -> "subprocess.Popen[Any]":
    from prefect.settings import get_current_settings

    options = ("--host", LOOPBACK, "--port", str(server.port), "--log-level", "error", "--lifespan", "on")
    return subprocess.Popen(  # noqa: S603  our own command
        python_server("uvicorn", "--factory", "prefect.server.api.server:create_app", *options),
        env=os.environ | _OWN | get_current_settings().to_environment_variables(exclude_unset=True),
        stdin=subprocess.PIPE,  # the leash: see docmill/leash.py
    )
