"""All pytest glue: options, selection, collection, sentences, terminal. `conftest.py` names `PLUGINS`."""

PLUGINS = tuple(
    f"flipgate.plugin.{name}"
    for name in ("masking", "options", "command", "features", "playing", "terminal", "fixtures")
)
