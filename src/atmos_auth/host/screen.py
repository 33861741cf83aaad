"""Whether a window that is opened on this machine would be seen by the person who runs us."""

from collections.abc import Mapping

from atmos_auth.domain import env_names


def has_screen(environ: Mapping[str, str], platform: str) -> bool:
    """Tell whether there is a screen, judged by `environ` and `platform` (as `sys.platform`)."""
    if env_names.is_continuous_integration(environ):
        return False
    if platform in ("darwin", "win32"):
        # The screen is on somebody else's desk.
        return not environ.get("SSH_CONNECTION")
    return bool(environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"))
