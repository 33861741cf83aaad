"""The words that run `atmos` again, for the project of this run."""

import sys
from collections.abc import Sequence

from atmos_auth.config.paths import absolute
from atmos_auth.host.spelled_words import command_line
from atmos_auth.wiring.options import Options

# Without -P, Python would load modules from wherever the program that calls us stands.
_OURSELVES = (sys.executable, "-P", "-m", "atmos_auth")


class OwnCommand:
    """Command lines of ours as they are typed in `directory`, with the options of this run.

    `home` is what `~` stands for, `base_path` the root of the project's relative paths, if one was given.
    """

    def __init__(self, options: Options, *, directory: str, home: str, base_path: str) -> None:
        self._options = options
        self._directory = directory
        self._home = home
        self._base_path = base_path

    def anywhere(self, *words: str) -> list[str]:
        """Return the words that run `atmos WORDS` for this very project, from whatever directory."""
        return [*_OURSELVES, *self._for_this_project(words)]

    def line(self, *words: str) -> str:
        """Return what `anywhere` does, as one line that an ini file can hold."""
        return command_line(_OURSELVES, self._for_this_project(words))

    def nested(self, words: Sequence[str]) -> list[str]:
        """Return the words that run `atmos WORDS` as this run was started, wherever the program stands then.

        What `words` say themselves wins.
        """
        options = self._options
        said = [
            "--no-color" if options.color is False else "",
            "" if options.interactive else "--interactive=false",
            "--force-tty" if options.force_tty else "",
            f"--logs-level={options.logs_level}" if options.logs_level else "",
            f"--logs-file={self._from_here(options.logs_file)}" if options.logs_file else "",
        ]
        places = [
            *(f"--config={self._from_here(path)}" for path in options.config_files),
            *(f"--config-path={self._from_here(path)}" for path in options.config_directories),
            *([f"--base-path={self._base_path}"] if options.base_path else []),
        ]
        profiles = [f"--profile={name}" for name in options.profiles]
        return [*_OURSELVES, *filter(None, said), *places, *profiles, *words]

    def _from_here(self, path: str) -> str:
        return absolute(path, self._directory, self._home)

    def _for_this_project(self, words: Sequence[str]) -> list[str]:
        options = self._options
        repeated = {
            "--config": options.config_files,
            "--config-path": options.config_directories,
            "--base-path": (options.base_path,) if options.base_path else (),
            "--profile": options.profiles,
        }
        flags = [f"{flag}={value}" for flag, values in repeated.items() for value in values]
        return [*words, f"--chdir={self._directory}", *flags]
