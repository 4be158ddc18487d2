"""What a `docmill up` that ended leaves in the Prefect server's database keeps nothing from running."""

from uuid import uuid4

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import ConcurrencyLimitStrategy, ConcurrencyOptions, FlowRun, StateType
from prefect.states import Completed, Pending, Running

from docmill.cli.leftovers import ENDED, end_leftovers
from flows.compact import compact

REFUSING = ConcurrencyOptions(collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW)


def test_runs_that_were_under_way_are_ended_and_give_up_their_places() -> None:
    """A deployment of which one run at a time may run runs again; what had ended stays as it was."""
    with get_client(sync_client=True) as client:
        flow = client.create_flow(compact)
        deployment = client.create_deployment(
            flow, f"left-{uuid4().hex}", entrypoint="flows.compact.compact",
            concurrency_limit=1, concurrency_options=REFUSING,
        )  # fmt: skip
        left, refused, ended = (client.create_flow_run_from_deployment(deployment) for _ in range(3))
        client.set_flow_run_state(ended.id, Completed(), force=True)
        client.set_flow_run_state(left.id, Pending())
        client.set_flow_run_state(left.id, Running())
        client.set_flow_run_state(refused.id, Pending())
        assert _types(client, left, refused) == [StateType.RUNNING, StateType.CANCELLED]

        assert end_leftovers() >= 1

        found = client.read_flow_run(left.id).state
        assert found is not None
        assert (found.type, found.message) == (StateType.CRASHED, ENDED)
        another = client.create_flow_run_from_deployment(deployment)
        client.set_flow_run_state(another.id, Pending())
        assert _types(client, another, ended) == [StateType.PENDING, StateType.COMPLETED]
        assert end_leftovers() == 1


def _types(client: SyncPrefectClient, *runs: FlowRun) -> list[StateType]:
    states = [client.read_flow_run(run.id).state for run in runs]
    return [state.type for state in states if state]
