"""A program under a pseudo-terminal, and what a person would see there."""

import os
import re
import select
import struct
import subprocess
import sys
import time
import unicodedata

# What every program starts with; at its end it tells whether the terminal is left as it was found.
PREAMBLE = """
import atexit, fcntl, os, signal, sys, termios
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job ignores it
if os.isatty(0):
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C arrives as a signal
    found = termios.tcgetattr(0)
    atexit.register(lambda: print("settings", "kept" if termios.tcgetattr(0) == found else "changed"))
from atmos_auth.domain.errors import AtmosAuthError
from atmos_auth.domain.fields import Field
from atmos_auth.host.clock import SystemClock
from atmos_auth.host.prompts import TerminalPrompter
def prompter(**wishes):
    return TerminalPrompter(sys.stdin, sys.stderr, os.environ, SystemClock(), **wishes)
def ask(question):
    try:
        print("answer", repr(question(prompter())))
    except AtmosAuthError as error:
        print(type(error).__name__, error.message)
"""
ESC, ENTER, CTRL_C, CTRL_D = "\x1b", "\r", "\x03", "\x04"
COLOUR = re.compile(r"\x1b\[[\d;]*(3\d|4\d|9\d|10\d)m")


class Screen:
    """Just enough of a terminal to know what a person sees: text, cursor, erasing, wrapping, wide characters."""

    TOKEN = re.compile(r"\x1b\[([?\d;]*)([A-Za-z])|\x1b[=>]|([\s\S])")

    def __init__(self, columns, rows):
        self.columns = columns
        self.rows = rows
        self.cells = [[" "] * columns]
        self.joined = [False]  # whether a line is the terminal's own continuation of the one above
        self.row = self.column = 0
        self.cursor_shown = True

    def feed(self, text):
        for arguments, command, character in self.TOKEN.findall(text):
            if command:
                self.control(arguments, command)
            elif character:
                self.put(character)

    def control(self, arguments, command):
        number = int(arguments) if arguments.isdigit() else 0
        if command in "hl" and arguments == "?25":
            self.cursor_shown = command == "h"
        elif command == "A":
            self.row = max(0, self.row - (number or 1))
        elif command == "B":
            self.down(number or 1)
        elif command == "C":
            self.column = min(self.columns - 1, self.column + (number or 1))
        elif command == "D":
            self.column = max(0, self.column - (number or 1))
        elif command == "K":
            start = 0 if number == 2 else self.column
            self.cells[self.row][start:] = [" "] * (self.columns - start)
        elif command == "J":
            self.cells[self.row][self.column :] = [" "] * (self.columns - self.column)
            del self.cells[self.row + 1 :], self.joined[self.row + 1 :]
        elif command not in "mhl":
            raise AssertionError(f"an unexpected control sequence: {arguments}{command}")

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.down(1)
        elif character == "\b":
            self.column -= 1
        else:
            assert character.isprintable(), f"an unexpected control code: {character!r}"
            wide = unicodedata.east_asian_width(character) in "WF"
            if self.column + wide >= self.columns:
                self.down(1)
                self.joined[self.row] = True
                self.column = 0
            self.cells[self.row][self.column] = character
            if wide:
                self.cells[self.row][self.column + 1] = ""
            self.column += 1 + wide

    def down(self, count):
        for _ in range(count):
            self.row += 1
            if self.row == len(self.cells):
                self.cells.append([" "] * self.columns)
                self.joined.append(False)

    @property
    def lines(self):
        """What stands on the screen, as it would be copied."""
        copied = []
        for cells, joined in zip(self.cells, self.joined, strict=True):
            line = "".join(cells)
            if joined:
                copied[-1] += line
            else:
                copied.append(line)
        return [line.rstrip() for line in copied]

    @property
    def text(self):
        return "\n".join(self.lines)


class Terminal:
    """A Python program under a pseudo-terminal of its own; its stdout is a pipe, and so known apart."""

    def __init__(self, body, *, columns=80, rows=24, stderr_is_terminal=True, echo=True, preamble=PREAMBLE, **environ):
        import fcntl
        import pty
        import termios

        self.screen = Screen(columns, rows)
        self.raw = ""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        if not echo:
            settings = termios.tcgetattr(slave)
            settings[3] &= ~termios.ECHO
            termios.tcsetattr(slave, termios.TCSANOW, settings)
        clean = {name: os.environ[name] for name in ("PATH", "HOME", "PYTHONPATH") if name in os.environ}
        clean |= {"TERM": "xterm-256color", "PYTHONIOENCODING": "utf-8"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", preamble + body],
            stdin=slave,
            stdout=subprocess.PIPE,
            stderr=slave if stderr_is_terminal else subprocess.PIPE,
            env={name: value for name, value in (clean | environ).items() if value is not None},
            start_new_session=True,
        )
        os.close(slave)
        self.partial = b""

    def read(self, seconds=0.1):
        """Take in what comes within `seconds`; False when the program has hung up."""
        ready, _, _ = select.select([self.master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.master, 65536)
        except OSError:
            return False
        if not data:
            return False
        text = (self.partial + data).decode("utf-8", errors="surrogateescape")
        # An escape sequence may be cut in two.
        cut = len(text) - len(re.search(r"(\x1b(\[[?\d;]*)?|[\udc80-\udcff]+)?\Z", text)[0])
        self.partial = text[cut:].encode("utf-8", errors="surrogateescape")
        self.raw += text[:cut]
        self.screen.feed(text[:cut])
        return True

    def see(self, wanted, seconds=15):
        end = time.monotonic() + seconds
        while wanted not in self.screen.text:
            assert time.monotonic() < end, f"{wanted!r} did not appear:\n{self.screen.text}"
            if not self.read():
                break
        assert wanted in self.screen.text, self.screen.text

    def press(self, keys):
        os.write(self.master, keys.encode())

    def paste(self, text):
        self.press(f"\x1b[200~{text}\x1b[201~")

    def end(self, seconds=15):
        """Wait for the program's end; return its status and what it wrote to stdout and to a piped stderr."""
        end = time.monotonic() + seconds
        while self.read():
            assert time.monotonic() < end, f"it does not end:\n{self.screen.text}"
        out, err = self.process.communicate(timeout=seconds)
        return self.process.returncode, out.decode(), (err or b"").decode()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.communicate()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()
        os.close(self.master)
