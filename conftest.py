"""The plugins of the suite; nothing else stands here."""

from flipgate.plugin import PLUGINS
from steps import SENTENCES

pytest_plugins = [*PLUGINS, *SENTENCES]
