"""A driven browser in which nobody has to sign in."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.domain.ports import BrowserChoice


class Visit(NamedTuple):
    """What a driven browser was asked for, and by `is_target` which addresses it would have heeded."""

    url: str
    field: str
    is_target: Callable[[str], bool]
    profile: str
    choice: BrowserChoice


class FakeDrivenBrowser:
    """Posts `answers` in order, raising those that are errors; one that nobody expected is an AssertionError.

    `visits` holds what it was asked for, `profiles` what it keeps, by name: each visit that went well adds its own.
    """

    def __init__(
        self,
        answers: Iterable[str | AtmosAuthError] = (),
        *,
        can_open: bool = True,
        profiles: Iterable[str] = (),
    ) -> None:
        self._can_open = can_open
        self._answers = list(answers)
        self.visits: list[Visit] = []
        self.profiles = set(profiles)

    def can_open(self, choice: BrowserChoice) -> bool:
        """Answer as it was told to."""
        return self._can_open

    def posted(
        self, url: str, *, field: str, is_target: Callable[[str], bool], profile: str, choice: BrowserChoice
    ) -> str:
        """Note the visit, and give or raise the next answer."""
        self.visits.append(Visit(url, field, is_target, profile, choice))
        if not self._answers:
            raise AssertionError(f"nobody expected a browser to open {url}")
        answer = self._answers.pop(0)
        if isinstance(answer, AtmosAuthError):
            raise answer
        self.profiles.add(profile)
        return answer

    def has_profile(self, profile: str) -> bool:
        """Tell whether something is kept for this profile."""
        return profile in self.profiles

    def forget(self, profile: str) -> bool:
        """Remove the profile; tell whether there was one."""
        known = profile in self.profiles
        self.profiles.discard(profile)
        return known
