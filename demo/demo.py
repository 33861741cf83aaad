"""The main job on one screen, without AWS: sign in once, become a role, run the AWS CLI as it, sign out.

The emulator is a separate process that speaks real HTTP; a thread plays the person who approves the code in a browser.
"""

import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

BIN = Path(sys.executable).parent

CONFIGURATION = """\
auth:
  providers:
    my-sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {url}/start
      spec: {{ endpoint_url: "{url}" }}    # for the real AWS: your own start_url, without this line
  identities:
    dev-admin:
      kind: aws/permission-set
      via: {{ provider: my-sso }}
      principal: {{ name: AdminAccess, account: {{ name: development }} }}
    deploy:
      kind: aws/assume-role
      default: true
      via: {{ identity: dev-admin }}
      principal: {{ assume_role: "arn:aws:iam::333333333333:role/DeployRole" }}
"""


class Demo:
    """A project and a home that nobody has used yet, in front of one emulator."""

    def __init__(self, folder: Path, url: str) -> None:
        self.url = url
        self.home = folder / "home"
        self.project = folder / "project"
        self.home.mkdir()
        self.project.mkdir()
        kept = {name: os.environ[name] for name in ("LANG", "LC_ALL", "TERM", "NO_COLOR") if name in os.environ}
        self.environ = kept | {"HOME": str(self.home), "PATH": f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"}

    def run(self) -> None:
        """Play the whole story; any step that does not hold ends it with an error."""
        say("A fresh machine, and one file: atmos.yaml")
        text = CONFIGURATION.format(url=self.url)
        (self.project / "atmos.yaml").write_text(text, encoding="utf-8")
        print(text)

        say("Sign in. Somebody opens the page and allows it, as in a browser.")
        self.sign_in()
        print(*(f"  {call}" for call in self.requests()), sep="\n")

        say("Who am I now?")
        self.atmos("auth", "whoami")

        say("Any AWS tool works as that role: here the AWS CLI, unmodified.")
        caller = json.loads(self.atmos("auth", "exec", "--", "aws", "sts", "get-caller-identity"))
        require("assumed-role/DeployRole" in caller["Arn"], "the AWS CLI must act as DeployRole")

        say("The second time nothing is asked, and nothing is sent.")
        before = len(self.requests())
        self.atmos("auth", "exec", "--", "true")
        sent = len(self.requests()) - before
        print(f"  requests to AWS: {sent}")
        require(sent == 0, "a warm call must make no request")

        say("Sign out, here and at AWS.")
        self.atmos("auth", "logout", "--all")
        left = [path for path in self.home.rglob("*") if path.is_file() and path.stat().st_size]
        secrets = [path for path in left if path.name != "fingerprint.key"]
        print(f"  files with credentials left: {len(secrets)}")
        require(not secrets, f"still there: {secrets}")
        self.atmos("auth", "whoami", "--check", expect=1)

    def atmos(self, *words: str, expect: int = 0) -> str:
        """Run one command as a person would, show what it prints, and return its stdout."""
        print(f"$ atmos {' '.join(words)}", flush=True)
        result = subprocess.run(
            [str(BIN / "atmos"), *words],
            cwd=self.project,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=sys.stdout,
            text=True,
            check=False,
        )
        print(result.stdout, end="", flush=True)
        require(result.returncode == expect, f"exit status {result.returncode}, expected {expect}")
        return result.stdout

    def sign_in(self) -> None:
        """Run `auth login` and let the person approve what it shows."""
        words = ["auth", "login", "--force-tty", "--no-browser"]
        print(f"$ atmos {' '.join(words)}", flush=True)
        login = subprocess.Popen(
            [str(BIN / "atmos"), *words], cwd=self.project, env=self.environ, stderr=subprocess.PIPE, text=True
        )
        assert login.stderr is not None
        for line in login.stderr:
            print(line, end="", flush=True)
            address = re.search(r"http://\S+user_code=\S+", line)
            if address:
                threading.Thread(target=approve, args=(address.group(),)).start()
        require(login.wait() == 0, "the sign-in failed")

    def requests(self) -> list[str]:
        """Every request that reached the emulator so far."""
        status, body = request("GET", f"{self.url}/_emulator/journal")
        require(status == 200, "the journal cannot be read")
        return [f"{entry['service']}:{entry['operation']}" for entry in json.loads(body)["entries"]]


def approve(address: str) -> None:
    """Open the page, read its form, and press Allow."""
    status, page = request("GET", address)
    require(status == 200 and "<form" in page, "the sign-in page has no form")
    code = parse_qs(urlsplit(address).query)["user_code"][0]
    require(code in page, "the page must show the code that the terminal shows")
    form = re.search(r'<form[^>]*action="([^"]+)"', page)
    target = form.group(1) if form else urlsplit(address).path
    base = "{0.scheme}://{0.netloc}".format(urlsplit(address))
    fields = dict(re.findall(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"', page))
    fields |= dict(re.findall(r'<button[^>]*name="([^"]+)"[^>]*value="(allow)"', page))
    status, _ = request("POST", base + target, urlencode(fields | {"user_code": code}))
    require(status in (200, 302, 303), f"approving failed with HTTP {status}")


def request(method: str, url: str, form: str | None = None) -> tuple[int, str]:
    """Send one request and return status and text."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if form is not None else {}
    connection.request(method, f"{parts.path}?{parts.query}" if parts.query else parts.path, form, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


@contextmanager
def emulator() -> Iterator[str]:
    """Run the emulator as a program of its own; give its address."""
    process = subprocess.Popen([sys.executable, "-m", "aws_emulator", "--port", "0"], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        address = re.search(r"http://\S+", process.stdout.readline())
        if address is None:
            raise SystemExit("the emulator did not start")
        yield address.group()
    finally:
        process.terminate()
        process.wait()


def say(text: str) -> None:
    """Print a heading."""
    print(f"\n--- {text}\n", flush=True)


def require(holds: object, what: str) -> None:
    """End the demo when something does not hold."""
    if not holds:
        raise SystemExit(f"the demo failed: {what}")


def main() -> None:
    """Run the demo in folders that are gone afterwards."""
    with tempfile.TemporaryDirectory() as folder, emulator() as url:
        Demo(Path(folder), url).run()
    print("\n--- That was it.")


if __name__ == "__main__":
    main()
