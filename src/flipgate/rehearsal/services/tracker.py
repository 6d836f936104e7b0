"""The tracker's API, GitHub REST v3 in shape: reads, and comments on issues; small pages, a bearer token."""

import re
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .backlog import MILESTONE, MILESTONE_TITLE, REPOSITORY, Backlog, Issue, Pull
from .comments import Comments
from .commits import COMMITS, position
from .listing import paged as _paged
from .process import json_response

_HOURLY = 5000
_DAY_S = 86400

Json = dict[str, Any]
Answer = Callable[[Request], Response | Awaitable[Response]]


class Tracker:
    """Serves a backlog as of the moment that `epoch` names; both are asked anew for each answer."""

    def __init__(
        self, token: str, epoch: Callable[[], float], told: Callable[[], Backlog], limited: Callable[[], bool]
    ) -> None:
        self._token, self._epoch, self._told, self._limited = token, epoch, told, limited
        self._used = 0

    def app(self) -> Starlette:
        at = f"/repos/{REPOSITORY}"
        routes = {
            f"{at}/issues": self._issues,
            f"{at}/issues/{{number:int}}": self._issue,
            f"{at}/issues/{{number:int}}/timeline": self._timeline,
            f"{at}/pulls": self._pulls,
            f"{at}/pulls/{{number:int}}": self._pull,
            f"{at}/milestones": self._milestones,
            f"{at}/milestones/{{number:int}}": self._milestone,
            f"{at}/compare/{{spec:path}}": self._compare,
            "/search/issues": self._search,
        }
        found = [Route(path, self._guarded(answer)) for path, answer in routes.items()]
        comments = Comments(f"https://tracker.invalid/{REPOSITORY}", self._numbers)
        for path, methods, answer in comments.routes(at):
            found.append(Route(path, self._guarded(answer), methods=methods))
        return Starlette(routes=[*found, Route("/{unknown:path}", self._guarded(_not_found))])

    def _numbers(self) -> frozenset[int]:
        return frozenset(issue.number for issue in self._told().issues)

    def _guarded(self, answer: Answer) -> Callable[[Request], Any]:
        async def guarded(request: Request) -> Response:
            if request.headers.get("authorization") not in {f"Bearer {self._token}", f"token {self._token}"}:
                return json_response({"message": "Bad credentials"}, HTTPStatus.UNAUTHORIZED)
            self._used = _HOURLY if self._limited() else (self._used + 1) % _HOURLY
            if self._limited():
                response = json_response({"message": "API rate limit exceeded"}, HTTPStatus.FORBIDDEN)
                response.headers["retry-after"] = "60"
            else:
                answered = answer(request)
                response = answered if isinstance(answered, Response) else await answered
            resets = int(time.time() // 3600 + 1) * 3600
            numbers = {"limit": _HOURLY, "remaining": _HOURLY - self._used, "used": self._used, "reset": resets}
            response.headers.update({f"x-ratelimit-{name}": str(number) for name, number in numbers.items()})
            return response

        return guarded

    def _when(self, days: float) -> str:
        return datetime.fromtimestamp(int(self._epoch() - days * _DAY_S), UTC).isoformat().replace("+00:00", "Z")

    def _everything(self) -> list[Json]:
        """Issues and pulls in one list, as GitHub numbers and lists them, newest first."""
        told = self._told()
        items = [*(self._issue_json(one) for one in told.issues), *(self._pull_as_issue(one) for one in told.pulls)]
        return sorted(items, key=lambda item: -int(item["number"]))

    def _issue_json(self, issue: Issue) -> Json:
        closed = issue.closed_days
        return {
            "number": issue.number,
            "title": issue.title,
            "body": issue.body,
            "state": "open" if closed is None else "closed",
            "state_reason": None if closed is None else issue.reason,
            "labels": [{"name": label} for label in issue.labels],
            "milestone": {"number": MILESTONE, "title": MILESTONE_TITLE} if issue.in_milestone else None,
            "created_at": self._when(issue.opened_days),
            "updated_at": self._when(issue.opened_days if closed is None else closed),
            "closed_at": None if closed is None else self._when(closed),
            "html_url": f"https://tracker.invalid/{REPOSITORY}/issues/{issue.number}",
        }

    def _pull_json(self, pull: Pull) -> Json:
        closed_at = None if pull.closed_days is None else self._when(pull.closed_days)
        return {
            "number": pull.number,
            "title": pull.title,
            "body": pull.body,
            "labels": [{"name": label} for label in pull.labels],
            "state": "closed" if closed_at else "open",
            "created_at": self._when(pull.opened_days),
            "updated_at": closed_at or self._when(pull.opened_days),
            "closed_at": closed_at,
            "merged_at": closed_at if pull.commit else None,
            "merged": bool(pull.commit),
            "merge_commit_sha": pull.commit,
            "base": {"ref": "main", "repo": {"full_name": REPOSITORY}},
            "html_url": f"https://tracker.invalid/{REPOSITORY}/pull/{pull.number}",
        }

    def _pull_as_issue(self, pull: Pull) -> Json:
        told = self._pull_json(pull)
        kept = {
            key: told[key]
            for key in (
                "number",
                "title",
                "body",
                "labels",
                "state",
                "created_at",
                "updated_at",
                "closed_at",
                "html_url",
            )
        }
        shown = {"merged_at": told["merged_at"], "html_url": told["html_url"]}
        repository = {"full_name": REPOSITORY}
        return {**kept, "milestone": None, "pull_request": shown, "repository": repository}

    def _issues(self, request: Request) -> Response:
        asked = request.query_params
        state, milestone = asked.get("state", "open"), asked.get("milestone", "")
        labels = {label.lower() for label in asked.get("labels", "").split(",") if label}
        found = [
            item
            for item in self._everything()
            if state in {"all", item["state"]}
            and labels <= {label["name"].lower() for label in item["labels"]}
            and (not milestone or str((item["milestone"] or {}).get("number")) == milestone)
        ]
        return _paged(request, found)

    def _issue(self, request: Request) -> Response:
        return _one(self._everything(), request)

    def _pulls(self, request: Request) -> Response:
        state = request.query_params.get("state", "open")
        pulls = map(self._pull_json, sorted(self._told().pulls, key=lambda pull: -pull.number))
        return _paged(request, [pull for pull in pulls if state in {"all", pull["state"]}])

    def _pull(self, request: Request) -> Response:
        return _one([self._pull_json(pull) for pull in self._told().pulls], request)

    def _timeline(self, request: Request) -> Response:
        told, number = self._told(), request.path_params["number"]
        issue = next((issue for issue in told.issues if issue.number == number), None)
        if issue is None:
            return _not_found(request)
        pulls = {pull.number: pull for pull in told.pulls}
        events: list[Json] = [
            {"event": "labeled", "created_at": self._when(issue.opened_days), "label": {"name": label}}
            for label in issue.labels
        ]
        for mention in issue.mentioned_by:
            source = {"type": "issue", "issue": self._pull_as_issue(pulls[mention])}
            events.append(
                {"event": "cross-referenced", "created_at": self._when(pulls[mention].opened_days), "source": source}
            )
        if issue.closed_days is not None:
            at = self._when(issue.closed_days)
            closed = {"commit_id": issue.closing_commit, "state_reason": issue.reason}
            events.append({"event": "closed", "created_at": at, **closed})
        return _paged(request, events)

    def _milestone_json(self) -> Json:
        states = [issue.closed_days is None for issue in self._told().issues if issue.in_milestone]
        counts = {"open_issues": sum(states), "closed_issues": len(states) - sum(states)}
        return {"number": MILESTONE, "title": MILESTONE_TITLE, "state": "open", **counts, "created_at": self._when(60)}

    def _milestones(self, request: Request) -> Response:
        return _paged(request, [self._milestone_json()])

    def _milestone(self, request: Request) -> Response:
        return _one([self._milestone_json()], request)

    def _compare(self, request: Request) -> Response:
        base, _, head = request.path_params["spec"].partition("...")
        first, last = position(base), position(head)
        if first is None or last is None:
            return _not_found(request)
        ahead, behind = max(0, last - first), max(0, first - last)
        return json_response(
            {
                "status": "ahead" if ahead else "behind" if behind else "identical",
                "ahead_by": ahead,
                "behind_by": behind,
                "total_commits": ahead,
                "base_commit": {"sha": COMMITS[first]},
                "merge_base_commit": {"sha": COMMITS[min(first, last)]},
                "commits": [{"sha": sha} for sha in COMMITS[first + 1 : last + 1]],
            }
        )

    def _search(self, request: Request) -> Response:
        words = re.findall(r'(?:[^\s"]|"[^"]*")+', request.query_params.get("q", ""))
        found = self._everything()
        for word in words:
            fits = _qualifier(word.replace('"', ""))
            if fits is None:
                return json_response({"message": f"Validation Failed: {word} is not understood"}, 422)
            found = [item for item in found if fits(item)]
        return _paged(request, found, total=len(found))


def _qualifier(word: str) -> Callable[[Json], bool] | None:
    """Which items does one word of a search keep?"""
    key, colon, value = word.partition(":")
    wanted = value.lower()
    kinds: dict[str, Callable[[Json], bool]] = {
        "issue": lambda item: "pull_request" not in item,
        "pr": lambda item: "pull_request" in item,
        "open": lambda item: item["state"] == "open",
        "closed": lambda item: item["state"] == "closed",
        "merged": lambda item: bool(item.get("pull_request", {}).get("merged_at")),
    }
    if not colon:
        return lambda item: key.lower() in f"{item['title']} {item['body']}".lower()
    named: dict[str, Callable[[Json], bool] | None] = {
        "is": kinds.get(wanted),
        "type": kinds.get(wanted),
        "state": kinds.get(wanted),
        "repo": lambda _: wanted == REPOSITORY,
        "label": lambda item: bool({label["name"].lower() for label in item["labels"]} & set(wanted.split(","))),
        "milestone": lambda item: (item["milestone"] or {}).get("title", "").lower() == wanted,
        "in": lambda _: True,
    }
    return named.get(key)


def _one(items: Sequence[Json], request: Request) -> Response:
    found = [item for item in items if item["number"] == request.path_params["number"]]
    return json_response(found[0]) if found else _not_found(request)


def _not_found(_: Request) -> Response:
    return json_response({"message": "Not Found"}, HTTPStatus.NOT_FOUND)
