"""`docmill why`, `status`, `retry`, `reprocess` and `catalog` over real servers: an answer for every key."""

import gc
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from archives import zipped
from commands import run_here

from docmill.config import load_settings
from docmill.store.s3 import S3Store, create_bucket, make_client
from tasks.exclusive import lease_key

TEXT = b"Farmers in the valley waited for rain all summer. The harvest was poor, and prices rose in every market. "
Run = Callable[..., subprocess.CompletedProcess[str]]


# Prefect 3.8 drops API clients of its own without closing them: see tests/flows/conftest.py.
pytestmark = pytest.mark.filterwarnings(r"ignore:unclosed <socket.*127\.0\.0\.1:ResourceWarning")


@pytest.fixture
def inbox(request, monkeypatch):
    """The inbox's bucket on a real server, by default the embedded one; the environment names it and an output."""
    for name, value in request.getfixturevalue(getattr(request, "param", "ministack")).environment().items():
        monkeypatch.setenv(name, value)
    client = make_client(2)
    names = [f"{kind}-{uuid4().hex}" for kind in ("inbox", "output")]
    for name in names:
        create_bucket(client, name)
    monkeypatch.setenv("DOCMILL_INBOX", f"s3://{names[0]}/in")
    monkeypatch.setenv("DOCMILL_OUTPUT", f"s3://{names[1]}/out")
    monkeypatch.setenv("DOCMILL_WORKERS", "1")
    yield S3Store(names[0], client)
    for name in names:
        store = S3Store(name, client)
        for info in list(store.list()):
            store.delete(info.key)
        client.delete_bucket(Bucket=name)
    client.close()


@pytest.fixture
def docmill(tmp_path, prefect_api, capsys, models_ahead) -> Iterator[Run]:
    def run(*arguments: str, code: int = 0, **environ: str) -> subprocess.CompletedProcess[str]:
        done = run_here(arguments, tmp_path, capsys, {"PREFECT_API_URL": prefect_api, **environ})
        assert done.returncode == code, done
        return done

    yield run
    gc.collect()  # while the filter above holds


def _why(docmill: Run, key: str, code: int = 0) -> dict:
    return json.loads(docmill("why", key, "--json", code=code).stdout)


@pytest.mark.parametrize("inbox", ["moto_server", "ministack", "seaweedfs"], indirect=True)
def test_every_key_has_an_answer(inbox: S3Store, docmill: Run, prefect_api: str) -> None:
    """From before it is seen until after it is deleted, each key's state and its next step are told."""
    inbox.put("in/good.txt", TEXT)
    inbox.put("in/empty.txt", b"")
    inbox.put("in/upload.part", TEXT)
    inbox.put("in/cafe\N{COMBINING ACUTE ACCENT} 1.txt", TEXT)
    inbox.put("in/a.zip", zipped([("1.txt", TEXT), ("2.txt", b"")]))
    assert _why(docmill, "in/good.txt")["next"] == "the next sweep processes it: it is new"
    assert _why(docmill, "in/none.txt", code=1)["exists"] is False
    for spelt in ("in/café 1.txt", "cafe%CC%81%201.txt"):
        assert _why(docmill, spelt)["key"] == "in/cafe\N{COMBINING ACUTE ACCENT} 1.txt"
    docmill("sweep", code=1)
    good = _why(docmill, f"s3://{inbox.bucket}/in/good.txt")
    assert (good["current"]["status"], good["current"]["attempts"]) == ("enriched", 1)
    assert good["etag"] == good["current"]["etag"] == good["records"][0]["source_etag"]
    assert good["run_url"] == f"{prefect_api.removesuffix('/api')}/runs/flow-run/{good['current']['flow_run_id']}"
    assert good["next"] == "nothing: it is done"
    assert _why(docmill, "in/a.zip")["members"] == {"enriched": 1, "empty": 1}
    (member,) = _why(docmill, "in/a.zip/!/2.txt")["members"]
    assert (member["member"], member["reason"]) == ("2.txt", "empty")
    assert "2.txt: rejected (empty in " in docmill("why", "in/a.zip/!/2.txt").stdout
    assert "there is none of this name" in docmill("why", "in/a.zip/!/3.txt", code=1).stdout
    text = docmill("why", "in/empty.txt").stdout
    assert "rejected (empty in decode)" in text
    assert "another try would end the same" in text
    assert "'*.part' of the setting temporary" in docmill("why", "in/upload.part").stdout
    inbox.put("in/good.txt", TEXT * 2)
    assert "it has changed" in _why(docmill, "in/good.txt")["next"]
    inbox.delete("in/good.txt")
    assert "is deleted: the next sweep notes that" in _why(docmill, "in/good.txt")["next"]
    docmill("sweep")
    gone = _why(docmill, "in/good.txt")
    assert (gone["current"]["status"], len(gone["earlier"])) == ("deleted", 1)
    assert gone["next"] == "nothing: the object is deleted; its record is kept (on_delete)"


def test_failures_are_counted_and_tried_again(inbox: S3Store, docmill: Run) -> None:
    """What timed out is tried again by sweeps up to a number, then by `retry`; `status` says how many and why."""
    inbox.put("in/a.txt", TEXT)
    slow = {"DOCMILL_TIMEOUT_SECONDS": "0.0001", "DOCMILL_MAX_ATTEMPTS": "2"}
    docmill("sweep", code=1, **slow)
    found = json.loads(docmill("status", "--json", **slow).stdout)
    assert (found["objects"], found["rejected"], found["waiting_by_cause"]) == (1, 1, {"retry": 1})
    assert [(name.split()[0], count) for name, count in found["failures"].items()] == [("timeout", 1)]
    assert found["sweep_under_way"] is None
    docmill("sweep", code=1, **slow)
    why = json.loads(docmill("why", "in/a.txt", "--json", **slow).stdout)
    assert (why["current"]["reason"], why["current"]["attempts"]) == ("timeout", 2)
    assert why["next"] == "nothing: all 2 attempts failed; `docmill retry` makes another"
    assert docmill("sweep", **slow).stdout == "nothing to do; 1 of 1 were done before\n"
    assert docmill("retry", "--dry-run", "--key", "in/a*").stdout.startswith("1 document, about ")
    assert docmill("retry", "--reason", "timeout", DOCMILL_MAX_ATTEMPTS="2").stdout.splitlines()[-1] == "1 enriched"
    assert _why(docmill, "in/a.txt")["current"]["attempts"] == 3
    output = S3Store(os.environ["DOCMILL_OUTPUT"].split("/")[2], inbox.client)
    for name, holder in (("sweep", "process 1"), ("sweep-2-of-4", "process 2"), ("upkeep", "process 3")):
        lease = {"token": "t", "name": holder, "seconds": 60}
        output.put(lease_key(load_settings(), name), json.dumps(lease).encode())
    found = json.loads(docmill("status", "--json").stdout)
    assert found["rejected"] == 0
    holders = sorted(found["sweep_under_way"].split("; "))
    assert [holder.partition(", renewed ")[0] for holder in holders] == ["process 1", "process 2"]


def test_documents_are_done_again_by_choice_and_the_catalog_anew(inbox: S3Store, docmill: Run) -> None:
    """`reprocess` says first how many; `catalog rebuild` and `compact` leave the answers as they are."""
    for n in range(3):
        inbox.put(f"in/{n}.txt", TEXT + b"%d" % n)
    docmill("sweep")
    dry = docmill("reprocess", "--where", "key LIKE '%/1.txt'", "--dry-run", "--json")
    assert json.loads(dry.stdout)["documents"] == 1
    done = docmill("reprocess", "--key", "*/1.txt", "--limit-rate", "100")
    assert "1 document, about " in done.stderr
    assert done.stdout == "1 enriched\n"
    assert docmill("reprocess", "--stale", "--dry-run").stdout.startswith("0 documents")
    wrong = docmill("reprocess", "--where", "topik = 'health'", "--dry-run", code=2)
    assert "columns: " in wrong.stderr
    before = _why(docmill, "in/1.txt")["current"]
    assert docmill("catalog", "rebuild").stdout.startswith("3 rows in s3://")
    assert "files" in docmill("catalog", "compact").stdout
    after = _why(docmill, "in/1.txt")["current"]
    assert before | {"sequence": 0} == after | {"sequence": 0}
