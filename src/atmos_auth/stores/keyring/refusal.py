"""Why the system's keyring did not do what it was asked, in a form that crosses from the worker to us."""

# Nothing here offers a keyring.
ABSENT = "absent"
# It is locked, and we must not have a person asked.
LOCKED = "locked"
# It was to be unlocked, and was not: a wrong password, or a dialog that was dismissed or could not be shown.
DISMISSED = "dismissed"
# The way to it leads nowhere: something accepted the connection and stays silent.
SILENT = "silent"
# It said no.
FAILED = "failed"


class Refusal(Exception):
    """One of the words above, and the reason in the words of the keyring; never a secret."""

    def __init__(self, word: str, reason: str = "") -> None:
        super().__init__(word, reason)
        self.word = word
        self.reason = reason
