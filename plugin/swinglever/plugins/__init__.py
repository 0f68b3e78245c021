"""Who else may answer: plugins are found, loaded and asked one at a time."""

from swinglever.plugins.manager import Plugins, load_plugins

__all__ = ["Plugins", "load_plugins"]
