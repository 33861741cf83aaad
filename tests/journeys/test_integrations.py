"""Integrations: Docker and kubectl work as the identity that was signed in to, and forget it when it is signed out."""

import base64
import json
import os
import shutil
import stat
import subprocess
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml

from aws_emulator import Emulator

REGISTRY = "111111111111.dkr.ecr.us-east-1.amazonaws.com"
ARN = "arn:aws:eks:us-east-1:111111111111:cluster/main"
USER = "atmos-eks-main-us-east-1"
CONFIGURATION = """\
auth:
  providers:
    my-sso:
      kind: aws/iam-identity-center
      region: us-east-1
      start_url: {url}/start
      spec: {{ endpoint_url: "{url}" }}
  identities:
    dev:
      kind: aws/permission-set
      default: true
      via: {{ provider: my-sso }}
      principal: {{ name: AdminAccess, account: {{ id: "111111111111" }} }}
    reader:
      kind: aws/permission-set
      via: {{ provider: my-sso }}
      principal: {{ name: ReadOnlyAccess, account: {{ id: "111111111111" }} }}
  integrations:
    images:
      kind: aws/ecr
      via: {{ identity: dev }}
      spec:
        endpoint_url: "{url}"
        registry: {{ account_id: "111111111111", region: us-east-1 }}
    cluster:
      kind: aws/eks
      via: {{ identity: dev }}
      spec:
        endpoint_url: "{url}"
        cluster: {{ name: main, region: us-east-1, alias: dev }}
"""


@pytest.fixture(autouse=True)
def project(machine):
    machine.write(CONFIGURATION.format(url=machine.url))
    return machine


def docker_config(machine) -> Path:
    return machine.home / ".docker" / "config.json"


def kubeconfig(machine) -> Path:
    return machine.home / ".config" / "atmos" / "kube" / "config"


def knock(aws: Emulator, registry: str, auth: str) -> int:
    request = urllib.request.Request(f"{aws.url}/v2/", headers={"Host": registry, "Authorization": f"Basic {auth}"})
    with urllib.request.urlopen(request, timeout=10) as response:
        return response.status


def review(aws: Emulator, token: str) -> dict:
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": {"token": token}}
    request = urllib.request.Request(
        f"{aws.url}/_emulator/eks-token-review?cluster={ARN}",
        json.dumps(body).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as response:
        return json.load(response)["status"]


def test_a_login_lets_docker_and_kubectl_in(machine, aws: Emulator):
    result = machine.login()
    assert result.stdout == ""
    assert f"✓ ECR login: {REGISTRY}" in result.stderr
    assert f"✓ kubeconfig: context dev in {kubeconfig(machine)}" in result.stderr
    auth = json.loads(docker_config(machine).read_text())["auths"][REGISTRY]["auth"]
    assert knock(aws, REGISTRY, auth) == 200
    written = yaml.safe_load(kubeconfig(machine).read_text())
    assert written["current-context"] == "dev"
    assert written["contexts"] == [{"name": "dev", "context": {"cluster": ARN, "user": USER}}]
    for path in (docker_config(machine), kubeconfig(machine)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    secret = base64.b64decode(auth).decode().partition(":")[2]
    holding = [path for path in machine.files() if secret in path.read_text(errors="replace")]
    assert holding == []
    assert [path for path in machine.files() if auth in path.read_text(errors="replace")] == [docker_config(machine)]


def test_the_kubeconfigs_plugin_gives_a_token_from_anywhere(machine, aws: Emulator, tmp_path):
    machine.login()
    (user,) = yaml.safe_load(kubeconfig(machine).read_text())["users"]
    plugin = user["user"]["exec"]
    assert (plugin["apiVersion"], plugin["interactiveMode"]) == ("client.authentication.k8s.io/v1beta1", "Never")
    variables = {each["name"]: each["value"] for each in plugin["env"]}
    assert variables["ATMOS_IDENTITY"] == "dev"
    answer = subprocess.run(
        [plugin["command"], *plugin["args"]],
        cwd=tmp_path,
        env={"PATH": machine.environ["PATH"], "HOME": machine.environ["HOME"], **variables},
        capture_output=True,
        text=True,
        check=True,
        stdin=subprocess.DEVNULL,
    )
    credential = json.loads(answer.stdout)
    assert (credential["kind"], credential["apiVersion"]) == ("ExecCredential", "client.authentication.k8s.io/v1beta1")
    status = review(aws, credential["status"]["token"])
    assert status["authenticated"] is True
    assert status["user"]["groups"] == ["platform", "system:authenticated"]


def test_exec_provides_what_is_missing_and_nothing_else(machine, aws: Emulator):
    machine.login()
    docker_config(machine).unlink()
    aws.journal.clear()
    show = "import os; print(os.environ['DOCKER_CONFIG'], os.environ['KUBECONFIG'], os.environ['KUBE_CONFIG_PATH'])"
    result = machine.atmos("auth", "exec", "--", "python", "-c", show, env={"KUBECONFIG": "/theirs"})
    assert result.returncode == 0, result.stderr
    own = str(kubeconfig(machine))
    assert result.stdout.split() == [str(docker_config(machine).parent), f"/theirs{os.pathsep}{own}", own]
    assert [f"{e.service}:{e.operation}" for e in aws.journal.entries()] == ["ecr:GetAuthorizationToken"]
    aws.journal.clear()
    # What else changes in the file is none of its business.
    docker_config(machine).write_text(docker_config(machine).read_text().replace("{", '{"currentContext": "x",', 1))
    for _ in range(2):
        assert machine.atmos("auth", "exec", "--", "true").returncode == 0
    assert aws.journal.entries() == []


def test_env_prints_what_was_provided(machine):
    before = machine.login("--identity", "reader") and machine.atmos("auth", "env", "--identity", "dev")
    assert "KUBECONFIG" not in before.stdout
    machine.login()
    printed = machine.atmos("auth", "env", env={"KUBECONFIG": "/theirs"}).stdout
    assert f'export KUBECONFIG="/theirs{os.pathsep}{kubeconfig(machine)}"' in printed
    assert f'export DOCKER_CONFIG="{docker_config(machine).parent}"' in printed


def test_a_failing_integration_is_a_warning_that_names_it(machine, aws: Emulator):
    aws.faults.add("ecr:GetAuthorizationToken", status=403, code="AccessDeniedException", times=1)
    docker_config(machine).parent.mkdir()
    result = machine.login()
    assert "Authentication successful" in result.stderr
    assert '⚠ integration "images": ecr:GetAuthorizationToken failed with AccessDeniedException' in result.stderr
    assert "✓ kubeconfig" in result.stderr
    assert not docker_config(machine).exists()


def test_a_malformed_docker_configuration_is_named_with_its_place_and_left_alone(machine):
    docker_config(machine).parent.mkdir()
    docker_config(machine).write_text('{\n  "auths": {,}\n}\n')
    result = machine.login()
    assert "Authentication successful" in result.stderr
    assert f"{docker_config(machine)}:2:" in result.stderr
    assert docker_config(machine).read_text() == '{\n  "auths": {,}\n}\n'
    asked = machine.atmos("aws", "ecr", "login", "images")
    assert asked.returncode == 1
    (finding,) = machine.findings(asked.stderr)
    assert finding.place == f"{docker_config(machine)}:2:13"


def test_what_others_wrote_stays(machine):
    docker_config(machine).parent.mkdir()
    theirs = {"currentContext": "x", "auths": {"ghcr.io": {"auth": "YTpi"}}, "proxies": {"default": {}}}
    docker_config(machine).write_text(json.dumps(theirs, indent=4) + "\n")
    kubeconfig(machine).parent.mkdir(parents=True)
    kubeconfig(machine).write_text("# mine\napiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\n")
    machine.login()
    text = docker_config(machine).read_text()
    assert list(json.loads(text)) == ["currentContext", "auths", "proxies"]
    assert text.startswith('{\n    "currentContext"')
    assert kubeconfig(machine).read_text().startswith("# mine\n")
    assert machine.atmos("auth", "logout", "dev").returncode == 0
    assert docker_config(machine).read_text() == json.dumps(theirs, indent=4) + "\n"


def test_logout_takes_back_what_was_written_and_nothing_that_came_later(machine):
    machine.login()
    planned = machine.atmos("auth", "logout", "dev", "--dry-run")
    assert f"Docker login of {REGISTRY}" in planned.stderr
    assert 'kubeconfig entry of cluster "main" in us-east-1' in planned.stderr
    theirs = {"auths": {REGISTRY: {"auth": "QVdTOm90aGVy"}}}
    docker_config(machine).write_text(json.dumps(theirs))
    result = machine.atmos("auth", "logout", "dev")
    assert 'removed kubeconfig entry of cluster "main" in us-east-1' in result.stderr
    assert "Docker login" not in result.stderr
    assert json.loads(docker_config(machine).read_text()) == theirs
    assert not kubeconfig(machine).exists()


def test_logout_finds_the_login_where_it_was_written(machine, tmp_path):
    theirs = tmp_path / "docker"
    result = machine.atmos("auth", "login", "--force-tty", "--no-browser", env={"DOCKER_CONFIG": str(theirs)})
    assert f"✓ ECR login: {REGISTRY}" in result.stderr
    assert REGISTRY in json.loads((theirs / "config.json").read_text())["auths"]
    removed = machine.atmos("auth", "logout", "dev")
    assert f"removed Docker login of {REGISTRY}" in removed.stderr
    assert json.loads((theirs / "config.json").read_text())["auths"] == {}


def test_a_shell_that_was_told_finds_what_was_done_and_can_forget_it(machine, aws: Emulator):
    machine.login()
    told = {"DOCKER_CONFIG": str(docker_config(machine).parent), "KUBECONFIG": str(kubeconfig(machine))}
    assert machine.atmos("auth", "exec", "--", "true", env=told).returncode == 0
    assert aws.journal.count("ecr:GetAuthorizationToken") == 1
    cleared = machine.atmos("auth", "env", "--unset", env=told | {"ATMOS_IDENTITY": "dev"}).stdout
    assert {"unset DOCKER_CONFIG", "unset KUBECONFIG", "unset KUBE_CONFIG_PATH"} <= set(cleared.splitlines())


def test_logging_out_of_the_provider_takes_them_back_too(machine):
    machine.login()
    result = machine.atmos("auth", "logout", "--provider", "my-sso")
    assert f"removed Docker login of {REGISTRY}" in result.stderr
    assert json.loads(docker_config(machine).read_text())["auths"] == {}


def test_logging_out_of_every_realm_takes_them_back_whatever_is_configured(machine):
    machine.login()
    machine.write("auth: {}\n")
    result = machine.atmos("auth", "logout", "--all-realms")
    assert f"removed Docker login of {REGISTRY}" in result.stderr
    assert not kubeconfig(machine).exists()
    assert json.loads(docker_config(machine).read_text())["auths"] == {}


def test_a_realm_has_a_kubeconfig_of_its_own(machine):
    result = machine.atmos("auth", "login", "--force-tty", "--no-browser", env={"ATMOS_AUTH_REALM": "acme"})
    own = machine.home / ".config" / "atmos" / "acme" / "kube" / "config"
    assert f"kubeconfig: context dev in {own}" in result.stderr
    variables = yaml.safe_load(own.read_text())["users"][0]["user"]["exec"]["env"]
    assert {"name": "ATMOS_AUTH_REALM", "value": "acme"} in variables
    removed = machine.atmos("auth", "logout", "--all-realms").stderr
    assert 'removed kubeconfig entry of cluster "main" in us-east-1 (realm "acme")' in removed
    assert not own.exists()


def test_a_run_that_keeps_nothing_leaves_dockers_own_file_alone(machine):
    docker_config(machine).parent.mkdir()
    docker_config(machine).write_text('{"currentContext": "x"}')
    show = (
        "import json, os; folder = os.environ['DOCKER_CONFIG'];"
        "print(json.dumps([folder, open(folder + '/config.json').read()]))"
    )
    environ = {"ATMOS_KEYRING_TYPE": "memory"}
    words = ("auth", "exec", "--force-tty", "--no-browser", "--", "python", "-c", show)
    result = machine.atmos(*words, env=environ)
    assert result.returncode == 0, result.stderr
    folder, text = json.loads(result.stdout)
    assert list(json.loads(text)["auths"]) == [REGISTRY]
    assert not os.path.exists(folder)
    assert docker_config(machine).read_text() == '{"currentContext": "x"}'
    assert not kubeconfig(machine).exists()


def test_logout_goes_on_where_a_file_cannot_be_mended(machine):
    machine.login()
    docker_config(machine).write_text("{")
    result = machine.atmos("auth", "logout", "dev")
    assert result.returncode == 0
    assert "partial logout: Docker login" in result.stderr
    assert "removed kubeconfig entry" in result.stderr


def test_a_credential_helper_is_given_the_password_through_its_stdin(machine, aws: Emulator):
    helper = machine.write(
        "#!/bin/sh\n"
        'case "$1" in\n'
        f'store) cat > "{machine.home}/kept" ;;\n'
        f'get) [ ! -e "{machine.home}/kept" ] || exec cat "{machine.home}/kept"\n'
        "  echo credentials not found in native keychain; exit 1 ;;\n"
        f'erase) rm -f "{machine.home}/kept" ;;\n'
        "esac\n"
        f'echo "$0 $*" >> "{machine.home}/calls"\n',
        "bin/docker-credential-vault",
    )
    helper.chmod(0o700)
    machine.environ["PATH"] = f"{helper.parent}{os.pathsep}{machine.environ['PATH']}"
    docker_config(machine).parent.mkdir()
    docker_config(machine).write_text('{"credsStore": "vault"}')
    machine.login()
    kept = json.loads((machine.home / "kept").read_text())
    assert (kept["ServerURL"], kept["Username"]) == (REGISTRY, "AWS")
    assert knock(aws, REGISTRY, base64.b64encode(f"AWS:{kept['Secret']}".encode()).decode()) == 200
    assert json.loads(docker_config(machine).read_text()) == {"credsStore": "vault", "auths": {REGISTRY: {}}}
    assert kept["Secret"] not in (machine.home / "calls").read_text()
    assert f"removed Docker login of {REGISTRY}" in machine.atmos("auth", "logout", "dev").stderr
    assert not (machine.home / "kept").exists()


def test_a_helper_for_this_registry_alone_would_win_and_that_is_said(machine):
    docker_config(machine).parent.mkdir()
    text = json.dumps({"credHelpers": {REGISTRY: "ecr-login"}})
    docker_config(machine).write_text(text)
    result = machine.atmos("aws", "ecr", "login", "images", "--force-tty", "--no-browser")
    assert result.returncode == 1
    (finding,) = machine.findings(result.stderr)[-1:]
    assert "docker-credential-ecr-login" in finding.message
    assert docker_config(machine).read_text() == text


def test_the_verbs_run_one_or_all_and_say_for_how_long(machine, aws: Emulator):
    machine.login("--identity", "reader")
    result = machine.atmos("aws", "ecr", "login")
    assert (result.returncode, result.stdout) == (0, "")
    assert f"✓ ECR login: {REGISTRY} (expires in 1" in result.stderr
    assert machine.atmos("aws", "eks", "update-kubeconfig", "CLUSTER").returncode == 0
    wrong = machine.atmos("aws", "ecr", "login", "cluster")
    assert wrong.returncode == 1
    assert machine.findings(wrong.stderr)[0].hints == ("atmos aws eks update-kubeconfig cluster",)
    none = machine.atmos("aws", "ecr", "login", "--identity", "reader")
    assert "has no linked integrations of kind aws/ecr or aws/ecr-public" in none.stderr
    unknown = machine.atmos("aws", "ecr", "login", "image")
    assert 'integration "image" not found' in unknown.stderr
    assert 'did you mean "images"?' in unknown.stderr
    other = machine.atmos("aws", "ecr", "login", "images", "--identity", "reader")
    assert 'integration "images" follows identity "dev"' in other.stderr


def test_a_token_asks_nobody(machine, aws: Emulator):
    words = ("aws", "eks", "token", "--cluster-name", "main", "--region", "us-east-1", "--identity", "dev")
    result = machine.atmos(*words, "--force-tty")
    assert (result.returncode, result.stdout) == (1, "")
    assert "atmos auth login --identity dev" in result.stderr
    assert aws.journal.entries() == []
    machine.login()
    info = json.dumps({"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "spec": {}})
    credential = json.loads(machine.atmos(*words, env={"KUBERNETES_EXEC_INFO": info}).stdout)
    assert credential["apiVersion"] == "client.authentication.k8s.io/v1"
    ends = time.mktime(time.strptime(credential["status"]["expirationTimestamp"], "%Y-%m-%dT%H:%M:%SZ")) - time.timezone
    assert 13 * 60 < ends - time.time() <= 14 * 60
    assert "--region is missing" in machine.atmos("aws", "eks", "token", "--cluster-name", "main").stderr


def test_auto_provision_false_waits_to_be_asked(machine, aws: Emulator):
    text = machine.atmos_yaml.read_text().replace(
        "      spec:\n        endpoint_url", "      spec:\n        auto_provision: false\n        endpoint_url"
    )
    machine.write(text)
    machine.login()
    machine.atmos("auth", "exec", "--", "true")
    assert aws.journal.count("ecr:GetAuthorizationToken") == 0
    assert machine.atmos("aws", "ecr", "login").returncode == 0
    assert aws.journal.count("ecr:GetAuthorizationToken") == 1


def test_validate_names_what_is_wrong_with_its_place(machine):
    machine.write(
        CONFIGURATION.format(url=machine.url)
        .replace("      via: { identity: dev }\n      spec:\n", "      via: { identity: nobody }\n      spec:\n", 1)
        .replace('account_id: "111111111111"', 'account_id: "1"')
        .replace(
            "via: { identity: dev }\n      spec:\n        endpoint_url",
            "via: { identity: dev, provider: my-sso }\n      spec:\n        endpoint_url",
        )
    )
    result = machine.atmos("auth", "validate")
    assert result.returncode == 1
    found = {f.message.rpartition(": ")[2]: f.place.rpartition("/")[2] for f in machine.findings(result.stderr)}
    assert found == {
        'referenced identity "nobody" does not exist': "atmos.yaml:21:24",
        'spec.registry.account_id is "1", which is not a 12-digit account id': "atmos.yaml:24:33",
        'integration "cluster" must define exactly one of via.identity and via.provider': "atmos.yaml:27:7",
    }


@pytest.mark.skipif(shutil.which("docker") is None, reason="docker is not installed here")
def test_docker_itself_finds_the_login(machine):
    machine.login()
    environ = machine.environ | {"PATH": os.environ["PATH"]}
    done = subprocess.run(["docker", "logout", REGISTRY], env=environ, capture_output=True, text=True, check=True)
    assert f"Removing login credentials for {REGISTRY}" in done.stdout
    assert json.loads(docker_config(machine).read_text())["auths"] == {}
    again = machine.atmos("auth", "exec", "--", "docker", "logout", REGISTRY)
    assert f"Removing login credentials for {REGISTRY}" in again.stdout


class _Kubernetes(BaseHTTPRequestHandler):
    """The little of a Kubernetes API that `kubectl auth whoami` asks for; the emulator judges the tokens."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        status = review(self.server.aws, token)
        if not status["authenticated"]:
            self._answer(401, {"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 401})
            return
        kind = {"kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1"}
        self._answer(201, kind | {"status": {"userInfo": status["user"]}})

    def _answer(self, status: int, body: dict) -> None:
        content = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def kubernetes(aws: Emulator, folder: Path) -> Iterator[None]:
    """A Kubernetes API with TLS, and the cluster of the state behind it."""
    import ipaddress
    import ssl
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kubernetes")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, SHA256())
        .public_bytes(Encoding.PEM)
    )
    (folder / "tls.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "tls.pem")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Kubernetes) as server:
        server.aws = aws
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        aws.state.eks[ARN].endpoint = f"https://127.0.0.1:{server.server_port}"
        aws.state.eks[ARN].certificate_authority = certificate.decode()
        yield
        server.shutdown()


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed here")
def test_kubectl_itself_is_let_in(machine, aws: Emulator, tmp_path):
    with kubernetes(aws, tmp_path):
        machine.login()
        kubectl = ("kubectl", "auth", "whoami", "--request-timeout=20s", "-o", "json")
        result = machine.atmos("auth", "exec", "--", *kubectl)
        assert result.returncode == 0, result.stderr
        assert json.loads(result.stdout)["status"]["userInfo"]["groups"] == ["platform", "system:authenticated"]
        aws.state.eks[ARN].access.clear()
        assert machine.atmos("auth", "exec", "--", *kubectl).returncode != 0
        changed = machine.atmos("auth", "exec", "--", "kubectl", "config", "set-context", "dev", "--namespace=web")
        assert changed.returncode == 0, changed.stderr
    machine.login()
    (context,) = yaml.safe_load(kubeconfig(machine).read_text())["contexts"]
    assert context["context"]["namespace"] == "web"
    assert "removed kubeconfig entry" in machine.atmos("auth", "logout", "dev").stderr
