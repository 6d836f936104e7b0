"""The only door through which flipgate writes: comments of one issue of the tracker, when a sign-off is posted.

Three requests pass, to the host and repository of the environment file: the comments of that issue are listed, one is
added to it, and one that was listed there is edited. Nothing is deleted, no redirect is followed.
"""

from __future__ import annotations

import json
import re
import ssl
from urllib.parse import urlsplit

import httpcore
import msgspec

from flipgate.config.environment import Tracker
from flipgate.config.secret import Secret
from flipgate.core.errors import Malformed, Refused, Unreachable, first_bytes, visible
from flipgate.safety.deadline import PunctualBackend, within
from flipgate.safety.http import Door, Limits
from flipgate.safety.reply import JSON, Reply

SOURCE = "tracker"
_DEADLINE_S = 20.0
_LARGEST_ANSWER = 1_000_000


class Comment(msgspec.Struct, frozen=True):
    """One comment as the tracker lists it."""

    id: int
    body: str = ""
    html_url: str = ""


class Comments:
    """The comments of one issue."""

    def __init__(self, tracker: Tracker, issue: int, token: Secret, ca_file: str | None = None) -> None:
        self._repository = f"/repos/{tracker.repository}"
        self._issue = issue
        self._path = f"{self._repository}/issues/{issue}/comments"
        self._door = Door(SOURCE, tracker.url, re.escape(self._path), token, ca_file, Limits(_DEADLINE_S))
        self._writes = _Writes(tracker.url, token, ca_file)
        self._known: dict[int, Comment] = {}

    def listed(self) -> tuple[Comment, ...]:
        """Which comments does the issue have, oldest first?

        Errors: NoAnswer.
        """
        found = [one for page in self._door.pages(self._path, {"per_page": "100"}) for one in page.json(list[Comment])]
        self._known = {comment.id: comment for comment in found}
        return tuple(sorted(found, key=lambda comment: comment.id))

    def add(self, body: str) -> Comment:
        """Which comment was added? Errors: NoAnswer; then nobody knows whether it was."""
        return self._writes.write("POST", self._path, body, 201)

    def edit(self, comment: Comment, body: str) -> Comment:
        """How does this comment of the issue read now? Errors: NoAnswer; ValueError for one that was not listed."""
        if comment.id not in self._known:
            raise ValueError(f"comment {comment.id} is none of issue {self._issue}")
        path = f"{self._repository}/issues/comments/{comment.id}"
        return self._writes.write("PATCH", path, body, 200)


class _Writes:
    """Requests with a body, to one host. `Comments` alone names their paths."""

    def __init__(self, url: str, token: Secret, ca_file: str | None) -> None:
        parts = urlsplit(url)
        self._origin, self._prefix = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
        self._headers = [
            ("Host", parts.netloc),
            ("User-Agent", "flipgate"),
            ("Accept", JSON),
            ("Accept-Encoding", "identity"),
            ("Authorization", f"Bearer {_fit(token)}"),
            ("Content-Type", JSON),
        ]
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl.create_default_context(cafile=ca_file) if parts.scheme == "https" else None,
            network_backend=PunctualBackend(),
        )

    def write(self, method: str, path: str, body: str, status: int) -> Comment:
        """Which comment stands there now? Anything but this status is no answer."""
        asked = f"{method} {self._prefix}{path}"
        content = json.dumps({"body": body}).encode()
        try:
            with within(_DEADLINE_S):
                reply = self._conversation(method, path, content, asked)
        except httpcore.TimeoutException:
            raise Unreachable(SOURCE, f"no whole answer within {_DEADLINE_S:g} s", asked) from None
        except (httpcore.NetworkError, httpcore.ProtocolError) as error:
            raise Unreachable(SOURCE, visible(str(error)) or "the connection broke", asked) from None
        if reply.status != status:
            raise Unreachable(SOURCE, f"answered {reply.status}: {first_bytes(reply.body)}", asked)
        return reply.json(Comment)

    def _conversation(self, method: str, path: str, content: bytes, asked: str) -> Reply:
        url = self._origin + self._prefix + path
        with self._pool.stream(method, url, headers=self._headers, content=content) as response:
            body = bytearray()
            for chunk in response.iter_stream():
                body += chunk
                if len(body) > _LARGEST_ANSWER:
                    raise Malformed(SOURCE, f"an answer of more than {_LARGEST_ANSWER} bytes", asked)
        return Reply(SOURCE, asked, response.status, {}, bytes(body))


def _fit(token: Secret) -> str:
    # A driver's own error would repeat the header.
    if not re.fullmatch(r"[\x21-\x7e]+", token.reveal()):
        raise Refused(f"{token!r} holds characters that no header can carry")
    return token.reveal()
