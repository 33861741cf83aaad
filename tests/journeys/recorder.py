"""A program in Terraform's place that writes down what it is run with; another one answers, too, what it is asked."""

import json
from typing import NamedTuple

from conftest import CHAIN, Machine

DEV, PROD, STAGING = "base", "prod", "staging"
SELECT = "workspace select -or-create"
VARS = "-var-file dev-vpc.terraform.tfvars.json"
PLAN = "-out dev-vpc.planfile"
DEFAULT_OF = "auth: {{ identities: {{ {name}: {{ default: true }} }} }}\n"
ONE = "vars: {{ stage: {stage} }}\ncomponents: {{ terraform: {{ vpc: {{}}{more} }} }}\n"
SETTINGS = """\
stacks: {{ base_path: stacks, included_paths: ["*"], name_pattern: "{{stage}}" }}
components: {{ terraform: {{ base_path: code, command: "{program}", {more} }} }}
env: {{ FROM_CONFIG: configured, BOTH: configured }}
"""
STACK = """\
vars: { stage: dev, region: eu-west-1 }
components:
  terraform:
    vpc:
      vars: { size: 9 }
      env: { BOTH: component, GONE: null, NUMBER: 7, SWITCH: true, LIST: [a, 1], AWS_PROFILE: stale }
    infra/dns: {}
    closed: { metadata: { component: vpc }, backend_type: http, backend: { http: { address: "http://x" } } }
    own: { metadata: { component: vpc }, auth: { identities: { staging: { default: true } } } }
    off: { metadata: { component: vpc, enabled: false } }
"""
# It ends as a file says that is named after its first words, and writes down what it was given.
PROGRAM = """\
#!/bin/sh
printf '%s\\n' "$PWD $*" >>"$RECORD/calls"
env >"$RECORD/environment"
ls -A >"$RECORD/beside"
if [ -t 0 ]; then echo terminal; fi
echo "out: $1"
echo "err: $1" >&2
for words in "$1-$2" "$1"; do
  if [ -e "$RECORD/exit-$words" ]; then exit "$(cat "$RECORD/exit-$words")"; fi
done
"""


class Call(NamedTuple):
    """One run: in which folder, below those of the code, and with which words."""

    folder: str
    words: str


class Recorder:
    """A project in which every run of Terraform is written down."""

    def __init__(self, machine: Machine, more: str = "") -> None:
        self.machine = machine
        self.folder = machine.directory / "recorded"
        self.folder.mkdir()
        program = machine.write(PROGRAM, "terraform")
        program.chmod(0o755)
        machine.environ["RECORD"] = str(self.folder)
        self.configure(more)
        machine.write(STACK, "stacks/dev.yaml")
        for code in ("vpc", "infra/dns"):
            machine.write("", f"code/{code}/main.tf")

    def configure(self, more: str) -> None:
        """Write the configuration, with these settings of Terraform."""
        settings = SETTINGS.format(program=self.machine.directory / "terraform", more=more)
        self.machine.write(CHAIN.format(url=self.machine.url) + settings)

    def ends(self, words: str, status: int) -> None:
        """Have the runs that begin with these words end so."""
        (self.folder / f"exit-{words}").write_text(str(status))

    def calls(self) -> list[Call]:
        """Return the runs since the last time."""
        path = self.folder / "calls"
        lines = path.read_text().splitlines() if path.exists() else []
        path.unlink(missing_ok=True)
        code = f"{self.machine.directory}/code/"
        split = [line.removeprefix(code).partition(" ") for line in lines]
        return [Call(folder, words) for folder, _, words in split]

    def words(self, *typed: str, **env: str) -> list[str]:
        """Run a command as nobody, and return the words of its runs."""
        result = self.machine.atmos("terraform", *typed, env={"ATMOS_IDENTITY": "false"} | env)
        assert result.returncode == 0, result.stderr
        return [call.words for call in self.calls()]

    def environment(self) -> dict[str, str]:
        """Return the variables of the last run."""
        lines = (self.folder / "environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)

    def beside(self) -> set[str]:
        """Return what stood beside the code in the last run."""
        return set((self.folder / "beside").read_text().split())


# It says who asks, and how often somebody has asked.
ANSWERING = """\
#!/bin/sh
printf '%s\\n' "$PWD $*" >>"$RECORD/calls"
env >"$RECORD/environment"
case "$*" in
  "output -json")
    printf '{ "who": { "value": "%s" }, "times": { "value": %s } }' "$AWS_PROFILE" "$(wc -l <"$RECORD/calls")" ;;
esac
"""
NESTED = """\
vars: { stage: dev }
components:
  terraform:
    deep: { metadata: { component: vpc } }
    own: { metadata: { component: vpc }, auth: { identities: { staging: { default: true } } } }
    middle: { metadata: { component: vpc }, vars: { deep: !terraform.output deep who } }
    app:
      metadata: { component: vpc }
      vars: { middle: !terraform.output middle who, own: !terraform.output own who }
    other:
      metadata: { component: vpc }
      vars: { deep: !terraform.output deep who }
      auth: { identities: { base: { default: true } } }
"""


def stacks_with(recorder: Recorder, **texts: str) -> None:
    for name, text in texts.items():
        recorder.machine.write(text, f"stacks/{name.replace('__', '/')}.yaml")


def who(recorder: Recorder, component: str, stack: str) -> str | None:
    result = recorder.machine.atmos("terraform", "validate", component, "-s", stack)
    assert result.returncode == 0, result.stderr
    return recorder.environment().get("AWS_PROFILE")


def variables_of(recorder: Recorder, component: str) -> dict[str, object]:
    path = recorder.machine.directory / f"code/vpc/dev-{component}.terraform.tfvars.json"
    found: dict[str, object] = json.loads(path.read_text())
    return found
