"""The portal: a single-page application of four flows, fed by the gateway straight from the browser.

Peers: `gateway`, its HTTP address; `org`, the tenant that is shown.
The user's token never passes here: the page takes it from the browser's own storage.
"""

import html
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from .process import Levers, Service, json_response, main, sentence

PAGES = Path(__file__).parent / "pages"
_KINDS = {"html": "text/html; charset=utf-8", "js": "text/javascript", "css": "text/css"}
_FLOWS = ("/", "/members", "/teams", "/org-chart", "/governance")


class PortalLevers(Levers, frozen=True, forbid_unknown_fields=True):
    """What the page does wrong, on every flow.

    `hidden_rows` is how many rows at the end of a list it leaves out; `placeholder` keeps the grey rows of a list that
    is loading; `shows_token` prints the token.
    Nothing is wrong with the others: `console_warning` is no error, `missing_icon` is a favicon that is not there,
    `third_party` is asked for by the page and is not the portal's own.
    """

    hidden_rows: int = 0
    placeholder: bool = False
    console_error: bool = False
    failed_request: bool = False
    shows_token: bool = False
    console_warning: bool = False
    missing_icon: bool = False
    third_party: bool = False


class Portal(Service):
    """Serves the page under the path of each flow; the page asks `/config.json` where the gateway is."""

    levers: PortalLevers = PortalLevers()

    def routes(self) -> list[BaseRoute]:
        files = [Route(f"/portal.{kind}", self._file) for kind in ("js", "css")]
        return [*(Route(path, self._page) for path in _FLOWS), Route("/config.json", self._config), *files]

    async def _page(self, _: Request) -> Response:
        gateway = html.escape(self._gateway())
        page = (PAGES / "portal.html").read_text(encoding="utf-8").replace("{gateway}", gateway)
        return Response(page, media_type=_KINDS["html"])

    async def _file(self, request: Request) -> Response:
        file = PAGES / request.url.path.removeprefix("/")
        return Response(file.read_bytes(), media_type=_KINDS[file.suffix.removeprefix(".")])

    async def _config(self, _: Request) -> Response:
        if self.levers.failed_request:
            return sentence("the configuration is gone", HTTPStatus.INTERNAL_SERVER_ERROR)
        behaviour = {name: getattr(self.levers, name) for name in self.levers.__struct_fields__}
        return json_response({"gateway": self._gateway(), "org": self.settings.peer("org"), "behaviour": behaviour})

    def _gateway(self) -> str:
        return f"http://{self.settings.peer('gateway')}"


if __name__ == "__main__":
    main(Portal)
