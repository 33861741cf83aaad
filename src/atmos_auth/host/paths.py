"""Where our files live: the XDG base directories, on macOS as on Linux, with overrides for Atmos alone."""

import os
from collections.abc import Mapping

from atmos_auth.domain import env_names
from atmos_auth.domain.errors import ConfigError


def home_directory(environ: Mapping[str, str]) -> str:
    """Return the person's home: HOME (USERPROFILE on Windows) if set, else what the system says."""
    return environ.get("HOME") or environ.get("USERPROFILE") or os.path.expanduser("~")


def expanded(path: str, home: str) -> str:
    """Return `path` with `home` in place of a leading `~`."""
    return home + path[1:] if path == "~" or path.startswith(("~/", "~\\")) else path


def file_name(name: str) -> str:
    """Turn a provider's or identity's name into one path element that cannot leave its folder."""
    flat = "".join("_" if c in '/\\:*?"<>|' or ord(c) < 32 else c for c in name)
    return f"_{flat}" if flat in ("", ".", "..") else flat


class Paths:
    """The folders of one user and, if set, one realm; every path of ours is made here.

    `realm` is an extra path element that keeps two projects' credentials apart. Nothing is created here.
    """

    def __init__(self, environ: Mapping[str, str], *, realm: str = "", platform: str = os.name) -> None:
        self.home = home_directory(environ)
        self.realm = realm
        appdata = environ.get("APPDATA") or self._in_home("AppData", "Roaming")
        local = environ.get("LOCALAPPDATA") or self._in_home("AppData", "Local")
        windows = platform == "nt"
        self.config = self._base(
            environ,
            env_names.ATMOS_XDG_CONFIG_HOME,
            "XDG_CONFIG_HOME",
            appdata if windows else self._in_home(".config"),
        )
        self.cache = self._base(
            environ,
            env_names.ATMOS_XDG_CACHE_HOME,
            "XDG_CACHE_HOME",
            os.path.join(local, "cache") if windows else self._in_home(".cache"),
        )
        self.data = self._base(
            environ,
            env_names.ATMOS_XDG_DATA_HOME,
            "XDG_DATA_HOME",
            local if windows else self._in_home(".local", "share"),
        )

    def in_realm(self, realm: str) -> "Paths":
        """Return the same user's folders in another realm; empty: in none."""
        other = Paths.__new__(Paths)
        vars(other).update(vars(self), realm=realm)
        return other

    def _in_home(self, *parts: str) -> str:
        return os.path.join(self.home, *parts)

    def _base(self, environ: Mapping[str, str], ours: str, everybodys: str, default: str) -> str:
        chosen = environ.get(ours) or environ.get(everybodys) or default
        if not os.path.isabs(chosen):
            # The XDG specification says relative values are to be ignored; a secret must not land in the CWD.
            raise ConfigError(
                f"{ours if environ.get(ours) else everybodys} must be an absolute path, not {chosen!r}",
                hints=["set it to an absolute path, or unset it"],
            )
        return os.path.join(chosen, "atmos")

    def expand(self, path: str, *, relative_to: str) -> str:
        """Expand a leading `~` to this user's home and make `path` absolute."""
        return os.path.normpath(os.path.join(relative_to, expanded(path, self.home)))

    def aws_folder(self, provider: str) -> str:
        """Folder of the session files that programs read, for the chain root named `provider`."""
        return os.path.join(self.config, self.realm, "aws", file_name(provider))

    @property
    def aws_folders(self) -> str:
        """Folder that holds one folder of session files for each chain root."""
        return os.path.join(self.config, self.realm, "aws")

    @property
    def sso_sessions(self) -> str:
        """Folder of the portal sessions."""
        return os.path.join(self.cache, self.realm, "aws-sso", "sessions")

    @property
    def browser_sessions(self) -> str:
        """Folder of the IAM users' sign-ins through the browser."""
        return os.path.join(self.cache, "aws-webflow")

    @property
    def browser_profiles(self) -> str:
        """Folder of what the browsers that we drive keep, one folder per provider."""
        return os.path.join(self.cache, self.realm, "auth", "browser-profiles")

    def provisioned(self, provider: str) -> str:
        """File of the identities that were found at this provider's portal."""
        return os.path.join(self.provider_caches, file_name(provider), "provisioned-identities.yaml")

    @property
    def provider_caches(self) -> str:
        """Folder that holds, among others, one folder for each provider whose portal was looked at."""
        return os.path.join(self.cache, self.realm, "auth")

    @property
    def mfa(self) -> str:
        """Folder of what was used of MFA devices already; a device is the same one in every realm."""
        return os.path.join(self.cache, "auth", "mfa")

    @property
    def kubeconfig(self) -> str:
        """File of the Kubernetes clusters that identities may use."""
        return os.path.join(self.config, self.realm, "kube", "config")

    @property
    def integrations(self) -> str:
        """Folder of the records of what integrations have done."""
        return os.path.join(self.cache, self.realm, "auth", "integrations")

    @property
    def locks(self) -> str:
        """Folder of the locks that make processes take turns."""
        return os.path.join(self.cache, self.realm, "auth", "locks")

    @property
    def notices(self) -> str:
        """Folder of what was said that is to be said once only."""
        return os.path.join(self.cache, "auth", "notices")

    @property
    def answers(self) -> str:
        """Folder of the records of answers that can be given again at once; `cli.warm` finds it by itself."""
        return os.path.join(self.cache, "auth", "answers")

    @property
    def console_profiles(self) -> str:
        """Folder of the browser profiles in which web consoles are open, one for each realm and identity."""
        return os.path.join(self.data, "console", "sessions")

    @property
    def fingerprint_key(self) -> str:
        """File of the random key that fingerprints are made with."""
        return os.path.join(self.data, "auth", "fingerprint.key")
