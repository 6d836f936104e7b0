"""The door to HTTP: it only reads, it ends on time, and it believes nothing that is not in order."""

from __future__ import annotations

import gzip
import time
from collections.abc import Callable

import msgspec
import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from flipgate.config.secret import Secret
from flipgate.core.errors import Malformed, NoAnswer, NoData, NotConfigured, Refused, Unreachable
from flipgate.safety.http import Call, Door, Limits
from flipgate.safety.reply import TooLong
from tests.probes.hostile import answering


class Answer(msgspec.Struct):
    value: float


def door(url: str, **limits: float) -> Door:
    found = Limits(deadline_s=limits.get("deadline_s", 5.0), largest=int(limits.get("largest", 1000)))
    return Door("system", url, r"/read|/list", limits=found)


def served(server: HTTPServer, body: str | bytes, content_type: str = "application/json", status: int = 200) -> Door:
    server.expect_request("/read").respond_with_data(body, status, content_type=content_type)
    return door(server.url_for(""), largest=5_000_000)


def test_a_plain_answer_is_read_and_says_how_it_was_asked(httpserver: HTTPServer) -> None:
    reply = served(httpserver, '{"value": 1.5}').get("/read", {"query": 'up{job="a b"}'})
    assert reply.json(Answer).value == 1.5
    assert reply.asked == 'GET /read?query=up{job="a b"}'


def test_the_suite_names_itself_asks_for_no_encoding_and_shows_its_token_only_there(httpserver: HTTPServer) -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return Response("{}", content_type="application/json", headers={"Set-Cookie": "session=1"})

    httpserver.expect_request("/read").respond_with_handler(answer)
    asker = Door("system", httpserver.url_for(""), "/read", Secret("t0ken", "env:TOKEN"))
    asker.get("/read")
    asker.get("/read")
    assert [request.headers["User-Agent"] for request in seen] == ["flipgate", "flipgate"]
    assert seen[1].headers["Authorization"] == "Bearer t0ken"
    assert seen[1].headers["Accept-Encoding"] == "identity"
    assert "Cookie" not in seen[1].headers


def test_a_proxy_variable_diverts_nothing(httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    assert served(httpserver, '{"value": 1}').get("/read").json(Answer).value == 1


@pytest.mark.parametrize(
    "path", ["/toggle", "/read/", "//read", "/list/../toggle", "/list%2f..%2ftoggle", "/read#/x", ""]
)
def test_a_path_outside_the_list_is_never_asked(httpserver: HTTPServer, path: str) -> None:
    with pytest.raises(Malformed, match="outside the suite's list"):
        door(httpserver.url_for("")).get(path)
    assert httpserver.log == []


@pytest.mark.parametrize("name", ["_method", "X-HTTP-Method-Override", "x-method-override", "method"])
def test_a_parameter_that_would_stand_for_another_method_is_never_sent(httpserver: HTTPServer, name: str) -> None:
    with pytest.raises(Malformed, match="outside the suite's list"):
        door(httpserver.url_for("")).get("/read", {name: "DELETE"})
    assert httpserver.log == []


@pytest.mark.parametrize("token", ["two\nlines", "s\u00e4cret", "with space"])
def test_a_token_that_no_header_carries_is_named_but_not_repeated(token: str) -> None:
    with pytest.raises(NotConfigured) as caught:
        Door("system", "http://127.0.0.1:9", "/read", Secret(token, "env:TOKEN"))
    assert "env:TOKEN" in str(caught.value)
    assert token not in str(caught.value)


@pytest.mark.parametrize(
    ("status", "kind", "word"),
    [
        (301, Malformed, "redirect"),
        (307, Malformed, "redirect"),
        (401, Unreachable, "credential"),
        (403, Unreachable, "credential"),
        (404, NoData, "404"),
        (418, Malformed, "418"),
        (429, Unreachable, "rate-limited"),
        (503, Unreachable, "503"),
    ],
)
def test_every_other_status_is_no_answer(httpserver: HTTPServer, status: int, kind: type[NoAnswer], word: str) -> None:
    httpserver.expect_request("/read").respond_with_data("no", status, headers={"Location": "/toggle"})
    with pytest.raises(kind, match=word):
        door(httpserver.url_for("")).get("/read")
    assert [request.path for request, _ in httpserver.log] == ["/read"]


def test_a_used_up_rate_limit_is_told_from_a_refused_credential(httpserver: HTTPServer) -> None:
    headers = {"X-RateLimit-Remaining": "0", "Retry-After": "60"}
    httpserver.expect_request("/read").respond_with_data("", 403, headers=headers)
    with pytest.raises(Unreachable, match=r"rate-limited .* 60"):
        door(httpserver.url_for("")).get("/read")


def test_a_page_for_people_is_not_json_and_its_bytes_are_shown_harmless(httpserver: HTTPServer) -> None:
    with pytest.raises(Malformed, match=r"text/html") as caught:
        served(httpserver, "<html>\x1b[2J\u202esign in", "text/html; charset=utf-8").get("/read")
    assert "\x1b" not in str(caught.value)
    assert "\u202e" not in str(caught.value)
    assert "<html>" in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "{",
        '{"value": 1} x',
        '{"value": 1, "value": 2}',
        '{"value": NaN}',
        '{"value": Infinity}',
        '{"value": 1e999}',
        '{"value": true}',
        '{"value": "1"}',
        '{"value": ' + "9" * 5000 + "}",
        '{"value": 1, "other": ' + "[" * 100_000,
        '{"value": 1, "other": "\\ud800"}',
        '\ufeff{"value": 1}',
        "[1]",
        "\x00",
    ],
    ids=lambda body: body[:24],
)
def test_what_is_not_strict_json_of_the_wanted_shape_is_malformed(httpserver: HTTPServer, body: str) -> None:
    with pytest.raises(Malformed):
        served(httpserver, body).get("/read").json(Answer)


@pytest.mark.parametrize("body", [b"\xff\xfe{\x00}\x00", b'{"value": "\xff"}'])
def test_what_is_not_utf_8_is_malformed(httpserver: HTTPServer, body: bytes) -> None:
    reply = served(httpserver, body).get("/read")
    with pytest.raises(Malformed):
        reply.json(Answer)
    with pytest.raises(Malformed, match="UTF-8"):
        reply.text()


def test_a_compressed_answer_is_refused_unread(httpserver: HTTPServer) -> None:
    body = gzip.compress(b" " * 50_000_000)
    httpserver.expect_request("/read").respond_with_data(
        body, content_type="application/json", headers={"Content-Encoding": "gzip"}
    )
    with pytest.raises(Malformed, match="encoding"):
        door(httpserver.url_for("")).get("/read")


def test_an_answer_longer_than_the_largest_is_told_apart(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/read").respond_with_data(b"[" + b"1," * 1000, content_type="application/json")
    with pytest.raises(TooLong, match="more than 1000 bytes"):
        door(httpserver.url_for(""), largest=1000).get("/read")


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.row("K12")
@pytest.mark.parametrize(
    "pieces",
    [
        [HEAD, b"Content-Length: 1000\r\n\r\n", *[b" "] * 1000],
        [b"H", *[bytes([byte]) for byte in (HEAD * 100)[1:]]],
        [HEAD, b"Transfer-Encoding: chunked\r\n\r\n", *[b"1\r\n \r\n"] * 1000],
    ],
    ids=["body", "head", "chunks"],
)
def test_a_server_that_speaks_one_byte_at_a_time_is_left_at_the_deadline(pieces: list[bytes]) -> None:
    with answering(*pieces, pause_s=0.05) as url:
        begun = time.monotonic()
        with pytest.raises(Unreachable, match=r"within 0\.4 s"):
            door(url, deadline_s=0.4, largest=10**9).get("/read")
        assert time.monotonic() - begun < 1.5


@pytest.mark.row("K12")
def test_a_server_that_never_answers_is_left_at_the_deadline() -> None:
    with answering(b"x", pause_s=30) as url, pytest.raises(Unreachable, match=r"within 0\.2 s"):
        door(url, deadline_s=0.2).get("/read")


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 100\r\n\r\n{}",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n{}\r\n0\r\n\r\n",
        HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}}",
        HEAD + b"".join(b"X-%d: y\r\n" % number for number in range(100_000)) + b"\r\n{}",
        b"SSH-2.0-OpenSSH\r\n",
        b"\x00" * 100,
        b"",
    ],
    ids=["truncated", "bad chunk", "two lengths", "headers without end", "ssh", "zeros", "nothing"],
)
def test_what_is_not_http_is_malformed(answer: bytes) -> None:
    with answering(answer) as url, pytest.raises(Malformed, match="not HTTP"):
        door(url).get("/read")


def test_a_system_that_is_away_is_unreachable(free_port: int) -> None:
    with pytest.raises(Unreachable):
        door(f"http://127.0.0.1:{free_port}").get("/read")


def pages(server: HTTPServer, link: Callable[[int], str]) -> None:
    def answer(request: Request) -> Response:
        number = int(request.args.get("page", "1"))
        headers = {"Link": link(number)} if link(number) else {}
        return Response(f'{{"value": {number}}}', content_type="application/json", headers=headers)

    server.expect_request("/list").respond_with_handler(answer)


def test_a_list_is_read_to_its_last_page(httpserver: HTTPServer) -> None:
    base = httpserver.url_for("/list")
    pages(httpserver, lambda n: f'<{base}?page=1>; rel="first", <{base}?page={n + 1}>; rel="next"' if n < 3 else "")
    found = [reply.json(Answer).value for reply in door(httpserver.url_for("")).pages("/list", {"per_page": "100"})]
    assert found == [1, 2, 3]


@pytest.mark.parametrize(
    "link", ["http://127.0.0.2:1/list?page=2", "/toggle?page=2", "//evil/list", "/list/../toggle?"]
)
def test_a_next_page_elsewhere_is_not_followed(httpserver: HTTPServer, link: str) -> None:
    pages(httpserver, lambda _: f'<{link}>; rel="next"')
    with pytest.raises(Malformed):
        list(door(httpserver.url_for("")).pages("/list"))
    assert len(httpserver.log) == 1


def test_a_list_that_never_ends_is_left(httpserver: HTTPServer) -> None:
    pages(httpserver, lambda _: '</list?page=1>; rel="next"')
    with pytest.raises(Malformed, match="more than 100 pages"):
        list(door(httpserver.url_for("")).pages("/list"))


def test_a_procedure_that_reads_is_called_with_json_and_no_other_one_is(httpserver: HTTPServer) -> None:
    read = "upsquad.tenant.v1.TenantService/ListTeams"
    asked = {"Connect-Protocol-Version": "1", "x-upsquad-org-id": "o", "Content-Type": "application/json"}
    httpserver.expect_request(f"/api/{read}", "POST", b'{"pageSize":1}', headers=asked).respond_with_json({"value": 2})
    asker = Door("system", httpserver.url_for("/api"), "/read")
    call = Call(b'{"pageSize":1}', tenant="o")
    reply = asker.procedure(read, call)
    assert reply.json(Answer).value == 2
    assert reply.asked == f'POST /api/{read} {{"pageSize":1}}'
    for other in ("upsquad.tenant.v1.TenantService/DeleteTeam", f"{read}/", "../admin", ""):
        with pytest.raises(Refused, match="not one of the reads"):
            asker.procedure(other, call)
    assert len(httpserver.log) == 1
