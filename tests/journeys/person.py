"""Somebody at a terminal, for journeys that are a conversation."""

import io
import re

import pexpect

CTRL_C, ENTER = "\x03", "\r"


class Person:
    """Somebody at a terminal, who remembers everything that stood on it."""

    def __init__(self, terminal: pexpect.spawn) -> None:
        self._terminal = terminal
        self._seen = io.StringIO()
        terminal.logfile_read = self._seen

    def sees(self, *texts: str) -> None:
        for text in texts:
            self._terminal.expect_exact(text)

    def types(self, text: str) -> None:
        self._terminal.send(text)

    def answers(self, question: str, text: str) -> None:
        self.sees(question)
        self.types(text + ENTER)

    def ends(self) -> int:
        self._terminal.expect(pexpect.EOF)
        self._terminal.close()
        return self._terminal.exitstatus

    def leaves(self) -> int:
        self.types(CTRL_C)
        return self.ends()

    def kill(self, number: int) -> None:
        """End the program as a crash would, and wait until it has gone."""
        self._terminal.kill(number)
        self._terminal.expect(pexpect.EOF)
        self._terminal.close()

    @property
    def screen(self) -> str:
        return re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", self._seen.getvalue())
