"""The one door that writes: one comment of one issue, edited in place; everything else is no business of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flipgate.config.environment import Tracker
from flipgate.config.secret import Secret
from flipgate.core.errors import Malformed, NoAnswer, Refused, Unreachable
from flipgate.evidence.pack.posting import post
from flipgate.safety.comments import Comment, Comments

LIST = "/repos/acme/plat.form/issues/692/comments"
MARKER = "<!-- flipgate sign-off demo dev -->"
TOKEN = "comment-token-4711"  # noqa: S105 - what the stand-in lets in


@dataclass
class Board:
    """A tracker's comments, and every request that came."""

    kept: list[dict[str, Any]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    size: int = 2

    def answer(self, request: Request) -> Response:
        self.asked.append(f"{request.method} {request.path}")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            return Response("{}", 401)
        if request.method == "GET":
            page = int(request.args.get("page", 1))
            some = self.kept[(page - 1) * self.size : page * self.size]
            more = (
                {"Link": f'<{request.base_url}?page={page + 1}>; rel="next"'} if self.kept[page * self.size :] else {}
            )
            return Response(json.dumps(some), 200, more, content_type="application/json")
        return self._written(request)

    def _written(self, request: Request) -> Response:
        body = json.loads(request.data)["body"]
        if request.method == "POST":
            self.add(body)
            return Response(json.dumps(self.kept[-1]), 201, content_type="application/json")
        found = next(one for one in self.kept if request.path.endswith(f"/{one['id']}"))
        found["body"] = body
        return Response(json.dumps(found), 200, content_type="application/json")

    def add(self, body: str) -> None:
        self.kept.append(
            {"id": len(self.kept) + 1, "body": body, "html_url": f"https://t.invalid/{len(self.kept) + 1}"}
        )


@pytest.fixture
def board(httpserver: HTTPServer) -> Board:
    found = Board()
    for number in range(5):
        found.add(f"a word of somebody, {number}")
    httpserver.expect_request(LIST).respond_with_handler(found.answer)
    for number in range(1, 9):
        path = f"/repos/acme/plat.form/issues/comments/{number}"
        httpserver.expect_request(path).respond_with_handler(found.answer)
    return found


def comments(server: HTTPServer, token: str = TOKEN) -> Comments:
    block = Tracker(url=server.url_for(""), repository="acme/plat.form", token=Secret("reads-only-token", "env:READ"))
    return Comments(block, 692, Secret(token, "env:WRITE"))


def test_it_is_posted_once_and_then_edited_in_place(httpserver: HTTPServer, board: Board) -> None:
    issue = comments(httpserver)
    done = [post(issue, MARKER, f"{MARKER}\n{text}").what for text in ("HOLD", "HOLD", "GO")]
    assert done == ["added", "unchanged", "edited"]
    assert [one["body"] for one in board.kept if MARKER in one["body"]] == [f"{MARKER}\nGO"]
    assert len(board.kept) == 6


def test_line_ends_of_the_tracker_are_no_difference(httpserver: HTTPServer, board: Board) -> None:
    board.add(f"{MARKER}\r\nGO\r\n")
    assert post(comments(httpserver), MARKER, f"{MARKER}\nGO\n").what == "unchanged"


def test_who_quotes_the_marker_is_left_alone(httpserver: HTTPServer, board: Board) -> None:
    board.add(f"> {MARKER}\n> GO\n\nis that so?")
    assert post(comments(httpserver), MARKER, f"{MARKER}\nGO").what == "added"
    assert "is that so?" in board.kept[5]["body"]


def test_two_comments_with_the_marker_are_refused(httpserver: HTTPServer, board: Board) -> None:
    board.add(f"{MARKER}\nGO")
    board.add(f"{MARKER}\nGO")
    with pytest.raises(Refused, match="2 comments bear the marker"):
        post(comments(httpserver), MARKER, f"{MARKER}\nHOLD")
    assert not [asked for asked in board.asked if not asked.startswith("GET")]


def test_a_comment_that_was_not_listed_there_is_not_edited(httpserver: HTTPServer, board: Board) -> None:
    with pytest.raises(ValueError, match="none of issue 692"):
        comments(httpserver).edit(Comment(3), "x")
    assert board.asked == []


def test_a_refused_token_is_said_without_it(httpserver: HTTPServer, board: Board) -> None:
    with pytest.raises(NoAnswer) as caught:
        post(comments(httpserver, "other-token-4712"), MARKER, f"{MARKER}\nGO")
    assert "other-token-4712" not in str(caught.value)
    assert len(board.kept) == 5


@pytest.mark.parametrize("status", [301, 307, 403, 422, 500])
def test_what_is_no_created_comment_is_no_answer(httpserver: HTTPServer, status: int) -> None:
    httpserver.expect_request(LIST, method="POST").respond_with_data("{}", status, {"Location": "/elsewhere"})
    with pytest.raises(Unreachable, match=f"answered {status}"):
        comments(httpserver).add("x")
    assert [request.path for request, _ in httpserver.log] == [LIST]


def test_a_next_page_on_another_host_is_not_asked(httpserver: HTTPServer) -> None:
    link = {"Link": '<http://127.0.0.1:9/x>; rel="next"'}
    httpserver.expect_request(LIST).respond_with_data("[]", 200, link, content_type="application/json")
    with pytest.raises(Malformed, match="another host"):
        comments(httpserver).listed()
