"""What an answer depended on: every file, absence, directory and variable that was looked at."""

# Times in nanoseconds at which the content and the standing of a file changed, its size and inode. The second time
# tells of a file whose first one was set back.
Stamp = tuple[int, int, int, int]


class Record:
    """A list of everything that, had it been different, might have changed the answer.

    `files` maps each file that was read, and `directories` each directory that was listed, to what it looked like
    then. `absent` names what was looked for and not found, `present` what only had to exist (a `.git`, say, whose
    time stamp changes all the time). `variables` holds every environment variable consulted, secrets included:
    compare them, never show or store them in the clear. `reasons` says why an answer must not be kept at all.
    """

    __slots__ = ("absent", "directories", "files", "present", "reasons", "variables")

    def __init__(self) -> None:
        self.files: dict[str, Stamp] = {}
        self.absent: set[str] = set()
        self.present: set[str] = set()
        self.directories: dict[str, Stamp] = {}
        self.variables: dict[str, str | None] = {}
        self.reasons: list[str] = []

    @property
    def uncacheable(self) -> bool:
        """Tell whether the answer may be different next time although nothing in this record changes."""
        return bool(self.reasons)

    def __repr__(self) -> str:
        """Show the names only: a variable may hold a secret."""
        return f"Record(files={sorted(self.files)}, variables={sorted(self.variables)}, reasons={self.reasons})"
