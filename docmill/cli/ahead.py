"""What takes seconds to load, loaded while a Prefect server comes up."""

from docmill.cli.prefect_api import quiet_prefect
from schemas.settings import Settings

__all__ = ["get_ready"]


def get_ready(settings: Settings, *, models: bool = True) -> None:
    """Load Prefect, whose variables are set, and have models loaded for what is refined in this process."""
    from docmill.sandbox import heat_up

    if models:
        heat_up(settings)
    quiet_prefect()
    import flows.sweep  # noqa: F401
