"""What the settings ask for and is not there is said before anything is started."""

import pytest

from docmill.cli.prefect_api import check_settings
from docmill.errors import ConfigError
from docmill.extras import check_extras
from schemas import Settings


@pytest.mark.parametrize(
    ("settings", "package", "extra"),
    [
        (Settings(task_runner="dask"), "prefect-dask", "dask"),
        (Settings(task_runner="ray", cluster="here:1"), "prefect-ray", "ray"),
        (Settings(ner_model="xx_some"), "spacy", "ner"),
        (Settings(embedder="model2vec:some"), "model2vec", "model2vec"),
        (Settings(embedder="fastembed:some"), "fastembed", "fastembed"),
        (Settings(embedder="sentence-transformers:some"), "sentence-transformers", "sentence-transformers"),
    ],
)
def test_a_missing_extra_is_named(monkeypatch, settings, package, extra):
    """With the package, and how to install it; the settings' default needs none."""
    check_extras(Settings())
    monkeypatch.setattr("docmill.extras.find_spec", lambda name: name == package.replace("-", "_") or None)
    check_extras(settings)
    monkeypatch.setattr("docmill.extras.find_spec", lambda _name: None)
    with pytest.raises(ConfigError, match=rf"needs the package {package}, .*pip install 'docmill\[{extra}\]'"):
        check_extras(settings)


def test_a_cluster_for_no_task_runner_is_refused():
    """Else the work would silently be done here."""
    with pytest.raises(ConfigError, match="task_runner"):
        check_extras(Settings(cluster="tcp://10.0.0.1:8786"))


def test_wrong_taxonomies_and_embedders_are_found_though_there_is_nothing_to_do():
    """By their names; a run would only meet them at its first document."""
    check_settings(Settings(taxonomies=("hub-columns",)))
    with pytest.raises(ConfigError, match="taxonomy none"):
        check_settings(Settings(taxonomies=("none",)))
    with pytest.raises(ConfigError, match="no embedder 'none'"):
        check_settings(Settings(embedder="none"))
