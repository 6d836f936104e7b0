"""What stands in for the systems around the platform: the cluster's API and the tracker's, each on a port of its own.

Peers: `kubernetes_token`, `tracker_token`; `logs`, the folder of the pods' logs and start records; `backlog`, whose
issues the tracker holds (the org model's when left out).
"""

from pathlib import Path

from starlette.applications import Starlette

from .backlog import Backlog, backlog
from .commits import COMMITS, DEPLOYED
from .kubernetes import Kubernetes
from .ops_backlog import ops_backlog
from .process import Levers, Service, main
from .tracker import Tracker

_OLD = COMMITS[40]


class StandinsLevers(Levers, frozen=True, forbid_unknown_fields=True):
    """`not_planned` and `open` are issue numbers (0: none); `filed` is what else is there: `bug`, a page and more
    of bugs, one of which counts, or `others`, which only look so.

    `filed` are further issues of ops_view, by their words (comma-separated). `deployed_commit` is a commit, `old` for
    one that lacks most of the backend track, or empty for the right one.
    """

    not_planned: int = 0
    open: int = 0
    filed: str = ""
    rate_limited: bool = False
    deployed_commit: str = ""


class Standins(Service):
    """Two ports beside its own: `kubernetes` and `tracker` in the ready line."""

    levers: StandinsLevers = StandinsLevers()

    def apps(self) -> dict[str, Starlette]:
        peer = self.settings.peer
        tracker = Tracker(
            peer("tracker_token"), lambda: self.started_at, self._backlog, lambda: self.levers.rate_limited
        )
        return {
            "kubernetes": Kubernetes(peer("kubernetes_token"), Path(peer("logs")), self._commit).app(),
            "tracker": tracker.app(),
        }

    def _backlog(self) -> Backlog:
        if self.settings.peers.get("backlog") == "ops_view":
            return ops_backlog(self.levers.filed)
        return backlog(self.levers.not_planned, self.levers.open, self.levers.filed)

    def _commit(self) -> str:
        return {"": DEPLOYED, "old": _OLD}.get(self.levers.deployed_commit, self.levers.deployed_commit)


if __name__ == "__main__":
    main(Standins)
