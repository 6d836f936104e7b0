"""ops_view as its users meet it: a database of its own, and replicas that were started with this or that."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import msgspec
import psycopg

from flipgate.rehearsal.services.ops_load import OpsViewLevers
from flipgate.rehearsal.services.ops_seed import SCHEMA_SQL, USERS, WORKSPACE, seed
from tests.rehearsal_services.world import Running, World

API = "/api/v2.5"
READ, WRITE = "OPS_VIEW_DB_READ", "OPS_VIEW_DB_WRITE"
HEALTHY = msgspec.structs.asdict(OpsViewLevers())
ADMIN, VERIFIER, ANALYST = "admin", "verifier", "analyst"


def ops_world(world: World, folder: Path) -> World:
    """A world in another database of the same server."""
    owner = {**world.postgres, "user": "owner"}
    with psycopg.connect(**owner, autocommit=True) as connection:
        connection.execute("create database ops")
    with psycopg.connect(**{**owner, "dbname": "ops"}) as connection:
        connection.execute(SCHEMA_SQL)
        seed(connection)
    return World(folder, {**world.postgres, "dbname": "ops"}, world.redis)


@dataclass(frozen=True)
class Replica:
    """One running replica, asked in a role of its workspace."""

    running: Running
    workspace: str = WORKSPACE

    def ask(self, method: str, path: str, role: str = "", number: int = 0, **fields: object) -> httpx.Response:
        """Ask as the user of that number in a role; without a role, as nobody."""
        headers = {"authorization": f"Bearer {USERS[role][number]}"} if role else {}
        body = {"json": fields} if method in ("POST", "PATCH") else {"params": fields}
        return self.running.http.request(method, API + path.replace("WS", self.workspace), headers=headers, **body)  # type: ignore[arg-type]

    def data(self, method: str, path: str, role: str, number: int = 0, **fields: object) -> Any:
        """What is answered, where it is no error."""
        answer = self.ask(method, path, role, number, **fields)
        assert answer.is_success, answer.text
        return answer.json()["data"]

    def everything(self, path: str, role: str) -> list[dict[str, Any]]:
        """Every page of a list."""
        found, cursor = [], ""
        while True:
            answer = self.ask("GET", path, role, limit=100, cursor=cursor).json()
            found += answer["data"]
            cursor = answer["meta"]["next_cursor"]
            if not cursor:
                return found

    def new_patch(self, role: str = ANALYST) -> dict[str, Any]:
        """A new patch."""
        fields = {"record_id": "rec_1", "field_key": "title", "intent": "a test's"}
        return dict(self.data("POST", "/workspaces/WS/patches", role, **fields))

    def new_rfi(self) -> dict[str, Any]:
        """A new request for information."""
        fields = {"question": "Is this a test?", "target_record_id": "rec_1"}
        return dict(self.data("POST", "/workspaces/WS/rfis", ANALYST, **fields))


def started(world: World, pod: str, variables: Mapping[str, str]) -> Replica:
    """A replica that was started with these variables in its environment."""
    own = replace(world, variables=dict(variables))
    running = own.start("ops_view", "ops-view", pod)
    return Replica(running)


def events(ops: World, identity: str) -> list[Any]:
    """What does the trail hold of a record, oldest first?"""
    return ops.sql(
        "select event_type, actor_id, from_status, to_status, version from audit_events where entity_id = %s"
        " order by id",
        identity,
    )


def code(answer: httpx.Response) -> tuple[int, str]:
    """With which status and code was it refused?"""
    return answer.status_code, answer.json()["error"]["code"]
