"""How a run tells people and automations what it did. All of it is information, never the record."""

import dataclasses
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from prefect import get_run_logger
from prefect.artifacts import acreate_markdown_artifact, acreate_table_artifact
from prefect.client.orchestration import get_client
from prefect.context import FlowRunContext
from prefect.events import emit_event
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from docmill import report
from docmill.intake.listener import Counts
from docmill.rejections import RecentRejections
from docmill.survey import Tally
from tasks.runtime import runtime
from tasks.watching import FAULTS

__all__ = ["publish_heartbeat", "publish_summary", "publish_sweep", "rename_run", "slug"]

EVENT = "docmill.batch.processed"
REJECTIONS = "docmill.rejections.high"
HEARTBEAT = "docmill.listener.heartbeat"
_LOG = logging.getLogger("docmill")
FEW_RETRIES = 3  # some 15 s; Prefect's own are a minute
LOGGED = 50  # documents; the table artifact has more
_recent = RecentRejections()


async def publish_summary(done: report.Report, replaced: int = 0) -> None:
    """A markdown artifact, a table of what was not enriched, and an event whose resource is the inbox's bucket.

    Args:
        done: What became of the source objects.
        replaced: Refining processes that were stopped or lost, and replaced, meanwhile.
    """
    shared = runtime()
    bucket, seconds = shared.inbox.bucket, done.seconds
    line = done.summary.line()
    rows = done.rejections()
    _log(line, rows)
    markdown = done.markdown(shared.output.bucket, replaced=replaced)
    with _going_on_without():
        await acreate_markdown_artifact(markdown, key=f"summary-{slug(bucket)}", description=line)
        if rows:
            key = f"rejections-{slug(bucket)}"
            await acreate_table_artifact(rows, key=key, description=f"{len(rows)} not enriched")
    counts = {ending.value: count for ending, count in done.summary.endings.items()}
    emit_event(
        event=EVENT,
        resource={"prefect.resource.id": f"s3.bucket.{bucket}", "prefect.resource.name": bucket},
        payload={"documents": done.done, "seconds": round(seconds, 3), "processes_replaced": replaced, **counts},
    )
    _recent.add(done.endings.values())
    share = _recent.share()
    if share is not None and share > shared.settings.alert_rejected_share:
        emit_event(
            event=REJECTIONS,
            resource={"prefect.resource.id": f"s3.bucket.{bucket}", "prefect.resource.name": bucket},
            payload={"share": round(share, 3), "allowed": shared.settings.alert_rejected_share},
        )


async def publish_sweep(summary: report.Summary, tally: Tally, seconds: float, held: str | None = None) -> None:
    """A markdown artifact: what a sweep did, and what it left; and why it removed nothing, if that needs a decision."""
    key, markdown = f"sweep-{slug(runtime().inbox.bucket)}", report.sweep_markdown(summary, tally, seconds, held)
    if held:
        get_run_logger().warning(held)
    with _going_on_without():
        await acreate_markdown_artifact(markdown, key=key, description=summary.line())


def publish_heartbeat(counts: Counts, seconds: float) -> None:
    """An event that says a listener of the inbox is alive: an automation may act on its absence."""
    bucket = runtime().inbox.bucket
    emit_event(
        event=HEARTBEAT,
        resource={"prefect.resource.id": f"docmill.listener.{bucket}", "prefect.resource.name": bucket},
        payload={"next_in_seconds": seconds, **dataclasses.asdict(counts)},
    )


async def rename_run(name: str) -> None:
    """Give the present flow run a name that says what it did."""
    context = FlowRunContext.get()
    if context and context.flow_run:
        with _going_on_without():
            async with get_client() as client:
                await client.update_flow_run(context.flow_run.id, name=name)


@contextmanager
def _going_on_without() -> Iterator[None]:
    """A busy API may refuse what is said within: the work is done all the same, and need not wait for long."""
    try:
        with temporary_settings({PREFECT_CLIENT_MAX_RETRIES: FEW_RETRIES}):
            yield
    except FAULTS as error:
        _LOG.warning("the run's page in the Prefect UI lacks something: %s", error)


def _log(line: str, rows: Sequence[Mapping[str, str]]) -> None:
    """What went wrong, in the run's log."""
    logger = get_run_logger()
    for row in rows[:LOGGED]:
        reason = f" ({row['reason']})" if row["reason"] else ""
        logger.warning("%s%s: %s: %s", row["outcome"], reason, row["document"], row["message"])
    logger.info(line)


def slug(text: str) -> str:
    """As an artifact key has to be: lower-case letters, digits and dashes."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
