"""What a service is told when it starts, and what is refused."""

from pathlib import Path

import msgspec


class RedisAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    host: str
    port: int
    username: str = ""
    password: str = ""


class PostgresAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    host: str
    port: int
    dbname: str
    user: str
    password: str = ""


class Settings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One deployment's pod: its name, where its world is, and whom it calls.

    `peers` holds addresses and tokens by name; which names a service reads is said in its own module.
    `ports` are those to listen on, by name, where a process takes the place of another; else free ones are taken.
    `flags_baked_in` are those of the image: what holds when the environment comes up, whatever the surfaces say.
    An empty `log_file` is a process that is no pod of the cluster: it writes no log and has no start record.
    """

    name: str
    pod: str
    postgres: PostgresAddress
    redis: RedisAddress | None = None
    log_file: str = ""
    host: str = "127.0.0.1"
    seed: int = 1
    flag_ttl_s: float = 30
    peers: dict[str, str] = {}
    world_file: str = ""
    ports: dict[str, int] = {}
    flags_baked_in: bool = False

    def peer(self, key: str) -> str:
        """Which address or token goes by this name? Errors: KeyError with the sentence to print."""
        if key not in self.peers:
            raise KeyError(f"{self.name}: the settings name no peer {key!r}, only {sorted(self.peers)}")
        return self.peers[key]


def read(path: Path) -> Settings:
    """Which settings does this file hold? Errors: msgspec.ValidationError, which names the key."""
    return msgspec.json.decode(path.read_bytes(), type=Settings)
