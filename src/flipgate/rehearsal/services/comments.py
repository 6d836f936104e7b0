"""Comments on issues: listed, added, edited; kept for as long as the process lives."""

from collections.abc import Awaitable, Callable, Iterator
from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .listing import paged
from .process import json_response

_LARGEST = 65_536

Json = dict[str, Any]
Answer = Callable[[Request], Response | Awaitable[Response]]


class Comments:
    """The comments of all issues; `issues` says which issues there are."""

    def __init__(self, home: str, issues: Callable[[], frozenset[int]]) -> None:
        self._home, self._issues = home, issues
        self._kept: list[tuple[int, Json]] = []

    def routes(self, at: str) -> Iterator[tuple[str, list[str], Answer]]:
        """Under which paths, by which methods?"""
        yield f"{at}/issues/{{number:int}}/comments", ["GET"], self._listed
        yield f"{at}/issues/{{number:int}}/comments", ["POST"], self._added
        yield f"{at}/issues/comments/{{comment:int}}", ["PATCH"], self._edited

    def _listed(self, request: Request) -> Response:
        number = request.path_params["number"]
        if number not in self._issues():
            return _not_found()
        return paged(request, [comment for issue, comment in self._kept if issue == number])

    async def _added(self, request: Request) -> Response:
        number, body = request.path_params["number"], await _body(request)
        if number not in self._issues():
            return _not_found()
        if body is None:
            return _invalid()
        made = len(self._kept) + 1
        comment = {"id": made, "body": body, "html_url": f"{self._home}/issues/{number}#issuecomment-{made}"}
        self._kept.append((number, comment))
        return json_response(comment, HTTPStatus.CREATED)

    async def _edited(self, request: Request) -> Response:
        body = await _body(request)
        found = [comment for _, comment in self._kept if comment["id"] == request.path_params["comment"]]
        if not found:
            return _not_found()
        if body is None:
            return _invalid()
        found[0]["body"] = body
        return json_response(found[0])


async def _body(request: Request) -> str | None:
    try:
        body = (await request.json()).get("body")
    except (ValueError, AttributeError):
        return None
    return body if isinstance(body, str) and 0 < len(body) <= _LARGEST else None


def _not_found() -> Response:
    return json_response({"message": "Not Found"}, HTTPStatus.NOT_FOUND)


def _invalid() -> Response:
    return json_response({"message": "Validation Failed: body"}, HTTPStatus.UNPROCESSABLE_ENTITY)
