"""unstructured-ingest from bucket to bucket, partitioning on this machine with the `fast` strategy.

python unstructured_script.py INBOX OUTPUT WORKERS

unstructured tells prose from lists and titles by a spaCy model that it downloads when it runs. It is used where it is
installed; else an empty English pipeline stands in, which is faster: the figures are then a bound in its favour.
"""

import os
import sys
import tempfile
from functools import cache
from typing import Any

import spacy
import unstructured.nlp.tokenize as tokenizer
from unstructured_ingest.interfaces import ProcessorConfig
from unstructured_ingest.pipeline.pipeline import Pipeline
from unstructured_ingest.processes.connectors.fsspec.s3 import (
    S3AccessConfig,
    S3ConnectionConfig,
    S3DownloaderConfig,
    S3IndexerConfig,
    S3UploaderConfig,
)
from unstructured_ingest.processes.partitioner import PartitionerConfig


@cache
def _stand_in() -> Any:
    pipeline = spacy.blank("en")
    pipeline.add_pipe("sentencizer")
    return pipeline


# At import, because the pipeline's processes import this file anew.
if not spacy.util.is_package(tokenizer._SPACY_MODEL_NAME):
    tokenizer._get_nlp = _stand_in


def main() -> None:
    """Run the pipeline."""
    inbox, output, workers = sys.argv[1], sys.argv[2], int(sys.argv[3])
    access = S3AccessConfig(key=os.environ["AWS_ACCESS_KEY_ID"], secret=os.environ["AWS_SECRET_ACCESS_KEY"])
    connection = S3ConnectionConfig(access_config=access, endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))
    with tempfile.TemporaryDirectory() as folder:
        Pipeline.from_configs(
            context=ProcessorConfig(num_processes=workers, work_dir=folder, reprocess=True),
            indexer_config=S3IndexerConfig(remote_url=f"s3://{inbox}/", recursive=True),
            downloader_config=S3DownloaderConfig(download_dir=f"{folder}/downloads"),
            source_connection_config=connection,
            partitioner_config=PartitionerConfig(strategy="fast"),
            uploader_config=S3UploaderConfig(remote_url=f"s3://{output}/documents/"),
            destination_connection_config=connection,
        ).run()


if __name__ == "__main__":
    main()
