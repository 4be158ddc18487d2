"""Flow runs that the end of a `docmill up` broke off."""

from docmill.cli.console import say

__all__ = ["end_leftovers"]

AT_ONCE = 200
ENDED = "broken off: docmill ended"


def end_leftovers() -> int:
    """Have the Prefect server take all runs under way for ended; their number. For its start: nothing runs yet.

    It would show them as running for ever, and let no sweep begin: a deployment's run holds its place until it ends,
    and the server has forgotten that the place was only lent.
    """
    from httpx import HTTPError
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
    from prefect.client.schemas.objects import StateType
    from prefect.exceptions import PrefectException
    from prefect.states import Crashed

    under_way = [StateType.RUNNING, StateType.PENDING, StateType.CANCELLING]
    these = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=under_way)))
    count = 0
    try:
        with get_client(sync_client=True) as client:
            while runs := client.read_flow_runs(flow_run_filter=these, limit=AT_ONCE):
                for run in runs:
                    client.set_flow_run_state(run.id, Crashed(message=ENDED), force=True)
                count += len(runs)
    except (HTTPError, PrefectException) as error:
        say(f"runs of an earlier `docmill up` are still shown as running: {error}")
    return count
