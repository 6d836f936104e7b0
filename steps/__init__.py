"""The sentences, grouped by the noun that they speak of."""

SENTENCES = tuple(
    f"steps.{noun}"
    for noun in (
        "alerts",
        "answers",
        "boxes",
        "breaker",
        "clocks",
        "conflicts",
        "drift",
        "environment",
        "figures",
        "flags",
        "flows",
        "health",
        "issues",
        "latency",
        "lists",
        "logs",
        "paths",
        "portal",
        "reads",
        "refreshes",
        "replicas",
        "reports",
        "requests",
        "routes",
        "stages",
        "tables",
        "track",
        "verdicts",
        "workspace",
        "writes",
    )
)
