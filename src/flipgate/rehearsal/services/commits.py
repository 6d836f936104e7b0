"""The history of the repository that the environment was built from: one straight line, the same in every run."""

from hashlib import sha1

# Ids of commits, not a protection of anything.
COMMITS = tuple(sha1(f"upsquad-core/{number}".encode(), usedforsecurity=False).hexdigest() for number in range(80))
DEPLOYED = COMMITS[72]


def position(name: str) -> int | None:
    """Where in the history does this commit lie? A branch name and an abbreviation of seven digits are commits too."""
    if name in {"main", "HEAD"}:
        return len(COMMITS) - 1
    found = [index for index, sha in enumerate(COMMITS) if len(name) >= 7 and sha.startswith(name)]
    return found[0] if len(found) == 1 else None
