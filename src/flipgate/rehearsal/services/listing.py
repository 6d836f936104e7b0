"""Numbered pages, and the `Link` header that leads from one to the next."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from .process import json_response

LARGEST_PAGE = 5
_DEFAULT_PAGE = 5

Json = dict[str, Any]


def paged(request: Request, items: Sequence[Json], total: int | None = None) -> Response:
    """One page of the items, and the `Link` header that leads to the others."""
    try:
        size = min(max(1, int(request.query_params.get("per_page", _DEFAULT_PAGE))), LARGEST_PAGE)
        page = max(1, int(request.query_params.get("page", 1)))
    except ValueError:
        return json_response({"message": "Validation Failed: page and per_page are numbers"}, 422)
    last = max(1, -(-len(items) // size))
    shown = items[(page - 1) * size : page * size]
    found = shown if total is None else {"total_count": total, "incomplete_results": False, "items": shown}
    response = json_response(found)
    leads = {
        "prev": page - 1 if page > 1 else 0,
        "next": page + 1 if page < last else 0,
        "last": last if page < last else 0,
    }
    links = [f'<{request.url.include_query_params(page=to)}>; rel="{rel}"' for rel, to in leads.items() if to]
    if links:
        response.headers["link"] = ", ".join(links)
    return response
