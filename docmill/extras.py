"""Whether the optional packages that the settings ask for are installed: said at once, not by the first run."""

from collections.abc import Iterator
from importlib.util import find_spec

from docmill.errors import ConfigError
from schemas.settings import Settings

__all__ = ["check_extra", "check_extras"]

# By extra, as in `pip install 'docmill[dask]'`: the package it stands for.
_PACKAGES = {
    "dask": "prefect-dask",
    "ray": "prefect-ray",
    "ner": "spacy",
    "fastembed": "fastembed",
    "model2vec": "model2vec",
    "sentence-transformers": "sentence-transformers",
}


def check_extras(settings: Settings) -> None:
    """Make sure that what is asked for can be imported; imports none of it.

    Raises:
        ConfigError: A package is missing, or a cluster is named that nothing would be sent to.
    """
    if settings.cluster and settings.task_runner == "local":
        raise ConfigError("setting cluster is set, but task_runner is local", hint="set task_runner to dask or ray")
    for extra, what in _asked(settings):
        check_extra(extra, what)


def check_extra(extra: str, what: str) -> None:
    """Make sure that the package of an extra can be imported.

    Args:
        extra: Its name.
        what: What asks for it, such as a setting, for the message.

    Raises:
        ConfigError: It is missing.
    """
    package = _PACKAGES[extra]
    if find_spec(package.replace("-", "_")) is None:
        hint = f"pip install 'docmill[{extra}]', or change that setting"
        raise ConfigError(f"{what} needs the package {package}, which is not installed", hint=hint)


def _asked(settings: Settings) -> Iterator[tuple[str, str]]:
    """Extras, and the settings that ask for them."""
    if settings.task_runner != "local":
        yield settings.task_runner, f"setting task_runner, {settings.task_runner},"
    if settings.ner_model:
        yield "ner", f"setting ner_model, {settings.ner_model!r},"
    package, colon, _ = settings.embedder.partition(":")
    if colon and package in _PACKAGES:
        yield package, f"setting embedder, {settings.embedder!r},"
