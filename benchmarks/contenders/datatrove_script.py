"""A datatrove pipeline: pages through trafilatura, texts as they are, language, JSON lines in the output bucket.

python datatrove_script.py INBOX OUTPUT WORKERS

datatrove's own language filter downloads its model from elsewhere when it runs; py3langid is in its place.
"""

import sys
import tempfile
from pathlib import Path

import py3langid
import s3fs
from datatrove.data import DocumentsPipeline
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.readers.base import BaseDiskReader
from datatrove.pipeline.writers import JsonlWriter

PAGES = (".html", ".htm")
TIMEOUT = 10.0  # seconds a page; the default of 1 drops long pages on a busy machine
TASKS_PER_WORKER = 2


class FileReader(BaseDiskReader):
    """A document a file."""

    name = "Files"

    def read_file(self, filepath: str) -> DocumentsPipeline:
        """The file's text, by the default adapter."""
        with self.data_folder.open(filepath, "rb") as file:
            text = file.read().decode("utf-8", "replace")
        document = self.get_document_from_dict({"text": text, "id": filepath}, filepath, 0)
        if document:
            yield document


class Language(PipelineStep):
    """Labels every document with its language."""

    name = "Language"
    type = "TAGGER"

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:  # noqa: ARG002
        """Label and pass on."""
        for document in data:
            language, score = py3langid.classify(document.text)
            document.metadata |= {"language": language, "language_score": float(score)}
            yield document


def main() -> None:
    """Run the pipeline."""
    inbox, output, workers = sys.argv[1], sys.argv[2], int(sys.argv[3])
    with tempfile.TemporaryDirectory() as folder:
        names = [path.removeprefix(f"{inbox}/") for path in s3fs.S3FileSystem().find(inbox)]
        pages = [name for name in names if name.endswith(PAGES)]
        lists = {"pages": pages, "texts": sorted(set(names) - set(pages))}
        for name, found in lists.items():
            Path(folder, name).write_text("\n".join(found))
        # A reader after another step adds its documents to those that come from it.
        pipeline = [
            FileReader(f"s3://{inbox}", paths_file=f"{folder}/pages"),
            Trafilatura(favour_precision=False, deduplicate=False, timeout=TIMEOUT),
            FileReader(f"s3://{inbox}", paths_file=f"{folder}/texts"),
            Language(),
            JsonlWriter(f"s3://{output}/documents", compression=None),
        ]
        tasks = workers * TASKS_PER_WORKER
        LocalPipelineExecutor(pipeline, tasks=tasks, workers=workers, logging_dir=f"{folder}/logs").run()


if __name__ == "__main__":
    main()
