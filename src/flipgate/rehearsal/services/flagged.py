"""A service that serves by the flags: it follows their refreshes, tells them at boot, and ages with them."""

from .database import Database
from .flags import connect
from .process import Service
from .settings import Settings


class FlaggedService(Service):
    """One with the database and a flag cache of its own, both let go of at its end."""

    def __init__(self, settings: Settings, database: Database | None = None) -> None:
        super().__init__(settings)
        self.database = database or Database(settings.postgres)
        self.flags = connect(settings, self.database)

    async def start(self) -> None:
        await self.flags.follow()
        self.log.write("INFO", "config.flags.posture", "orgv23 feature flag posture", **await self.flags.posture())

    async def stop(self) -> None:
        await self.flags.close()
        await self.database.close()

    def age(self, seconds: float) -> None:
        super().age(seconds)
        self.flags.age(seconds)
