"""Claims about the cluster's and the tracker's APIs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from flipgate.rehearsal.services.backlog import REPOSITORY
from tests.rehearsal_services.world import TOKENS, Running, World

POD = "tenant-service-log-0"
PODS = "/api/v1/namespaces/platform/pods"
DEPLOYMENTS = "/apis/apps/v1/namespaces/platform/deployments"
REPO = f"/repos/{REPOSITORY}"
TRACK = (686, 687, 688, 689, 690)


@pytest.fixture(scope="module")
def standins(world: World) -> Running:
    return world.start("standins", "standins", logs=str(world.folder / "logs"))


@pytest.fixture
def cluster(standins: Running) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {TOKENS['kubernetes_token']}"}
    with httpx.Client(base_url=f"http://{standins.ready['kubernetes']}", headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture
def tracker(standins: Running) -> Iterator[httpx.Client]:
    headers = {"authorization": f"Bearer {TOKENS['tracker_token']}"}
    with httpx.Client(base_url=f"http://{standins.ready['tracker']}", headers=headers, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def pod(world: World) -> Running:
    return world.start("tenant", "tenant-service-log", POD)


def walk(client: httpx.Client, url: str) -> list[Any]:
    found: list[Any] = []
    following: str | None = url
    while following:
        answer = client.get(following).raise_for_status()
        body = answer.json()
        found += body["items"] if isinstance(body, dict) else body
        following = answer.links.get("next", {}).get("url")
    return found


def test_both_apis_want_their_own_token(standins: Running) -> None:
    for address, path in ((standins.ready["kubernetes"], "/version"), (standins.ready["tracker"], f"{REPO}/issues")):
        assert httpx.get(f"http://{address}{path}").status_code == 401
        wrong = {"authorization": f"Bearer {TOKENS['token']}"}
        assert httpx.get(f"http://{address}{path}", headers=wrong).status_code == 401


def test_the_cluster_is_read_only(cluster: httpx.Client) -> None:
    assert cluster.post(PODS, json={}).status_code == 405
    assert cluster.delete(f"{PODS}/{POD}").status_code == 405


def test_the_namespace_says_which_environment_it_is(cluster: httpx.Client) -> None:
    assert cluster.get("/api/v1/namespaces/platform").json()["metadata"]["labels"]["environment"] == "dev"


def test_a_deployment_leads_to_its_pods_and_its_commit(cluster: httpx.Client, reconciler: Running) -> None:
    deployment = cluster.get(f"{DEPLOYMENTS}/dualwrite-reconciler").json()
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    commit = deployment["metadata"]["annotations"]["upsquad.ai/commit"]
    assert {"name": "RECONCILER_DETECT_INTERVAL", "value": "1h"} in container["env"]
    assert container["image"].endswith(f":{commit}")
    selector = ",".join(f"{key}={value}" for key, value in deployment["spec"]["selector"]["matchLabels"].items())
    (pod,) = cluster.get(PODS, params={"labelSelector": selector}).json()["items"]
    started = datetime.fromisoformat(pod["status"]["startTime"]).timestamp()
    assert pod["status"]["podIP"] == "127.0.0.1"
    assert started == pytest.approx(reconciler.value("process_start_time_seconds"), abs=2)
    assert pod["status"]["containerStatuses"][0]["restartCount"] == 0


def test_an_unknown_thing_is_a_status_object(cluster: httpx.Client) -> None:
    for path in (f"{DEPLOYMENTS}/other", f"{PODS}/other", f"{PODS}/other/log", "/api/v1/nodes"):
        answer = cluster.get(path)
        assert (answer.status_code, answer.json()["reason"]) == (404, "NotFound")


def test_logs_are_cut_at_the_moment_asked_for(cluster: httpx.Client, pod: Running) -> None:
    pod.live(3600)
    records = pod.records()
    since = datetime.now(UTC) - timedelta(seconds=600)
    late = [record for record in records if datetime.fromisoformat(record["ts"]) >= since]
    assert 0 < len(late) < len(records)
    by_time = cluster.get(f"{PODS}/{POD}/log", params={"sinceTime": since.isoformat(), "timestamps": "true"})
    lines = by_time.text.splitlines()
    assert len(lines) == len(late)
    assert datetime.fromisoformat(lines[0].split(" ", 1)[0]) >= since
    assert len(cluster.get(f"{PODS}/{POD}/log", params={"sinceSeconds": 600}).text.splitlines()) == pytest.approx(
        len(late), abs=1
    )
    assert len(cluster.get(f"{PODS}/{POD}/log").text.splitlines()) == len(records)
    assert len(cluster.get(f"{PODS}/{POD}/log", params={"tailLines": 3}).text.splitlines()) == 3
    both: dict[str, str | int] = {"sinceTime": since.isoformat(), "sinceSeconds": 5}
    assert cluster.get(f"{PODS}/{POD}/log", params=both).status_code == 400


def test_a_restarted_container_leaves_its_log_and_a_count(world: World, cluster: httpx.Client, pod: Running) -> None:
    assert cluster.get(f"{PODS}/{POD}/log", params={"previous": "true"}).status_code == 400
    pod.live(3600)
    before = [record["ts"] for record in pod.records()]
    scheduled = cluster.get(f"{PODS}/{POD}").json()["status"]["startTime"]
    pod.end()
    assert cluster.get(f"{PODS}/{POD}").json()["status"]["containerStatuses"][0]["ready"] is False
    again = world.start("tenant", "tenant-service-log", POD)
    previous = cluster.get(f"{PODS}/{POD}/log", params={"previous": "true"}).text.splitlines()
    status = cluster.get(f"{PODS}/{POD}").json()["status"]
    assert len(previous) == len(before)
    assert status["startTime"] == scheduled
    assert status["containerStatuses"][0]["restartCount"] == 1
    assert status["containerStatuses"][0]["state"]["running"]["startedAt"] > scheduled
    again.live(600)
    aged = cluster.get(f"{PODS}/{POD}/log", params={"previous": "true", "timestamps": "true"}).text.split(" ", 1)[0]
    assert datetime.fromisoformat(before[0]) - datetime.fromisoformat(aged) == timedelta(seconds=600)


def test_issues_come_in_pages_that_link_to_each_other(tracker: httpx.Client) -> None:
    first = tracker.get(f"{REPO}/issues", params={"state": "all", "per_page": 100})
    assert len(first.json()) == 5
    assert int(first.headers["x-ratelimit-remaining"]) > 0
    numbers = [issue["number"] for issue in walk(tracker, f"{REPO}/issues?state=all&per_page=100")]
    assert len(numbers) == len(set(numbers)) > 15
    assert {570, 692, *TRACK} <= set(numbers)


def test_the_milestone_counts_what_it_holds(tracker: httpx.Client) -> None:
    milestone = tracker.get(f"{REPO}/milestones/11").json()
    inside = walk(tracker, f"{REPO}/issues?state=all&milestone=11")
    assert milestone["open_issues"] == sum(issue["state"] == "open" for issue in inside)
    assert milestone["closed_issues"] == sum(issue["state"] == "closed" for issue in inside)


def merge_commits(tracker: httpx.Client, number: int) -> set[str]:
    """By timeline or by closing keyword, as a reader of the tracker finds them."""
    found: set[str] = set()
    for event in walk(tracker, f"{REPO}/issues/{number}/timeline"):
        pull = event.get("source", {}).get("issue", {})
        if pull.get("pull_request", {}).get("merged_at"):
            found.add(tracker.get(f"{REPO}/pulls/{pull['number']}").json()["merge_commit_sha"])
        if event["event"] == "closed" and event["commit_id"]:
            found.add(event["commit_id"])
    pulls = [pull for pull in walk(tracker, f"{REPO}/pulls?state=closed") if pull["merged_at"]]
    return found | {pull["merge_commit_sha"] for pull in pulls if f"#{number}" in pull["body"]}


def test_the_backend_track_is_merged_and_deployed(
    tracker: httpx.Client, cluster: httpx.Client, tenant: Running
) -> None:
    deployed = cluster.get(f"{DEPLOYMENTS}/{tenant.log_file.parent.name}").json()["metadata"]["annotations"][
        "upsquad.ai/commit"
    ]
    for number in TRACK:
        issue = tracker.get(f"{REPO}/issues/{number}").json()
        assert (issue["state"], issue["state_reason"]) == ("closed", "completed")
        (commit,) = merge_commits(tracker, number)
        compared = tracker.get(f"{REPO}/compare/{commit}...{deployed}").json()
        assert compared["status"] == "ahead"
        assert compared["merge_base_commit"]["sha"] == commit


def test_an_old_deployment_lacks_the_last_merges(
    standins: Running, tracker: httpx.Client, cluster: httpx.Client, tenant: Running
) -> None:
    standins.behave(deployed_commit="old")
    path = f"{DEPLOYMENTS}/{tenant.log_file.parent.name}"
    deployed = cluster.get(path).json()["metadata"]["annotations"]["upsquad.ai/commit"]
    (commit,) = merge_commits(tracker, 690)
    compared = tracker.get(f"{REPO}/compare/{commit}...{deployed}").json()
    assert compared["status"] == "behind"
    assert compared["behind_by"] > 0


def test_an_issue_can_be_open_or_not_planned(standins: Running, tracker: httpx.Client) -> None:
    standins.behave(open=688, not_planned=689)
    assert tracker.get(f"{REPO}/issues/688").json()["state"] == "open"
    dropped = tracker.get(f"{REPO}/issues/689").json()
    assert (dropped["state"], dropped["state_reason"]) == ("closed", "not_planned")
    assert merge_commits(tracker, 689) == set()


def test_a_used_up_rate_limit_says_so(standins: Running, tracker: httpx.Client) -> None:
    standins.behave(rate_limited=True)
    answer = tracker.get(f"{REPO}/issues/688")
    assert answer.status_code == 403
    assert answer.headers["x-ratelimit-remaining"] == "0"
    standins.behave(rate_limited=False)
    assert tracker.get(f"{REPO}/issues/688").headers["x-ratelimit-remaining"] != "0"


def test_the_search_finds_by_label_and_state(tracker: httpx.Client) -> None:
    found = tracker.get(
        "/search/issues", params={"q": f"repo:{REPOSITORY} is:issue is:open label:bug,arch-concern"}
    ).json()
    assert found["incomplete_results"] is False
    assert [item["number"] for item in found["items"]] == [706]
    assert tracker.get("/search/issues", params={"q": "reviewed-by:nobody"}).status_code == 422


def test_the_tracker_grows_older_with_the_world(standins: Running, tracker: httpx.Client) -> None:
    before = datetime.fromisoformat(tracker.get(f"{REPO}/issues/690").json()["closed_at"])
    standins.live(3600)
    after = datetime.fromisoformat(tracker.get(f"{REPO}/issues/690").json()["closed_at"])
    assert (before - after).total_seconds() == pytest.approx(3600, abs=1)
