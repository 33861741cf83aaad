"""The one place that picks the real clock, terminal, browser, stores and connections."""

from atmos_auth.wiring.options import Options, Streams
from atmos_auth.wiring.project import DELIVERIES, ENDPOINT, FILES, PROCESS, Project

__all__ = ["DELIVERIES", "ENDPOINT", "FILES", "PROCESS", "Options", "Project", "Streams"]
