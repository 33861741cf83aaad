"""An identity provider that others wrote: SimpleSAMLphp, on a port of its own, with users who may have roles at AWS."""

import datetime as dt
import http.client
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa

WWW = Path("/usr/share/simplesamlphp/www")  # where Debian puts it
SERVICE_PROVIDER = "urn:amazon:webservices"
SIGN_IN = "https://signin.aws.amazon.com/saml"
_ATTRIBUTES = "https://aws.amazon.com/SAML/Attributes"
_EXTENSIONS = {"dom": "php-xml", "mbstring": "php-mbstring"}


class User(NamedTuple):
    """Somebody with a password; each role is a pair of ARNs, `role,provider` or the other way round."""

    password: str
    roles: Sequence[str] = ()
    session_name: str = "jane@example.org"
    session_seconds: int = 3600


class IdentityProvider(NamedTuple):
    """A running one: `url` starts a sign-in to AWS, `certificate` (PEM) proves what it signs."""

    url: str
    entity_id: str
    certificate: str


def missing() -> str | None:
    """Tell what is not installed here; None when everything is."""
    php = shutil.which("php")
    if php is None:
        return "php is not installed (php-cli)"
    if not WWW.is_dir():
        return "SimpleSAMLphp is not installed (simplesamlphp)"
    modules = subprocess.run([php, "-m"], capture_output=True, text=True, check=False).stdout.split()
    lacking = [package for module, package in _EXTENSIONS.items() if module not in modules]
    return f"php lacks {', '.join(lacking)}" if lacking else None


@contextmanager
def identity_provider(
    folder: Path,
    users: Mapping[str, User],
    *,
    service_provider: str = SERVICE_PROVIDER,
    sign_in: str = SIGN_IN,
) -> Iterator[IdentityProvider]:
    """Have one run for the block, with everything that it writes in `folder`, which is made."""
    for inside in ("config", "metadata", "certificates", "log", "data", "tmp", "sessions"):
        (folder / inside).mkdir(parents=True)
    with (folder / "log" / "server.log").open("wb") as log:
        process = _started(folder, log)
    try:
        base = f"http://127.0.0.1:{_port(folder / 'log' / 'server.log')}/"
        certificate = _certificate(folder / "certificates")
        entity_id = f"{base}saml2/idp/metadata.php"
        _configure(folder, base, entity_id, users, service_provider, sign_in)
        _await_answer(entity_id)
        url = f"{base}saml2/idp/SSOService.php?spentityid={service_provider}"
        yield IdentityProvider(url, entity_id, certificate)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _started(folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    settings = {
        "display_errors": "0",
        "error_log": f"{folder}/log/php.log",
        "sys_temp_dir": f"{folder}/tmp",
        "session.save_path": f"{folder}/sessions",
    }
    return subprocess.Popen(
        [
            str(shutil.which("php")),
            *(word for name, value in settings.items() for word in ("-d", f"{name}={value}")),
            *("-S", "127.0.0.1:0", "-t", str(WWW)),
        ],
        env={
            "PATH": os.environ["PATH"],
            "SIMPLESAMLPHP_CONFIG_DIR": str(folder / "config"),
            "PHP_CLI_SERVER_WORKERS": "4",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=log,
        start_new_session=True,  # so that its workers can be ended with it
    )


def _port(log: Path) -> int:
    """Read off the port that the server chose."""
    deadline = time.monotonic() + 20
    while True:
        found = re.search(r"\(http://127\.0\.0\.1:(\d+)\) started", log.read_text(errors="replace"))
        if found:
            return int(found[1])
        assert time.monotonic() < deadline, f"php does not serve: {log.read_text(errors='replace')}"
        time.sleep(0.02)


def _await_answer(url: str) -> None:
    """Ask for the metadata: whoever gives them is set up."""
    host, _, path = url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("GET", f"/{path}")
    answer = connection.getresponse()
    page = answer.read().decode(errors="replace")
    connection.close()
    assert answer.status == 200, page
    assert "EntityDescriptor" in page, page


def _configure(
    folder: Path, base: str, entity_id: str, users: Mapping[str, User], service_provider: str, sign_in: str
) -> None:
    config = {
        "baseurlpath": base,
        "certdir": f"{folder}/certificates/",
        "loggingdir": f"{folder}/log/",
        "datadir": f"{folder}/data/",
        "tempdir": f"{folder}/tmp",
        "metadatadir": f"{folder}/metadata/",
        "timezone": "UTC",
        "secretsalt": secrets.token_hex(16),
        "auth.adminpassword": secrets.token_hex(16),
        "admin.checkforupdates": False,
        "showerrors": True,
        "errorreporting": False,
        "logging.level": 7,
        "logging.handler": "file",
        "logging.logfile": "simplesamlphp.log",
        "statistics.out": [],
        "enable.saml20-idp": True,
        "module.enable": {"exampleauth": True, "core": True, "saml": True},
        "store.type": "phpsession",
        "session.phpsession.savepath": f"{folder}/sessions",
        "session.phpsession.cookiename": "SimpleSAML",
        "session.cookie.secure": False,  # there is no TLS here
        "session.cookie.samesite": "Lax",
        "language.cookie.secure": False,
        "language.cookie.samesite": "Lax",
        "language.default": "en",
        "language.available": ["en"],
        "trusted.url.domains": [],
        "metadata.sources": [{"type": "flatfile"}],
        "authproc.idp": [],
        "production": True,
    }
    uri = "urn:oasis:names:tc:SAML:2.0:attrname-format:uri"
    people = {f"{name}:{user.password}": _attributes(name, user) for name, user in users.items()}
    hosted = {
        "host": "__DEFAULT__",
        "privatekey": "idp.key",
        "certificate": "idp.crt",
        "auth": "people",
        "attributes.NameFormat": uri,
        "saml20.sign.response": True,
        "saml20.sign.assertion": True,
    }
    remote = {
        "AssertionConsumerService": sign_in,
        "NameIDFormat": "urn:oasis:names:tc:SAML:2.0:nameid-format:transient",
        "simplesaml.attributes": True,
        "attributes.NameFormat": uri,
    }
    _write(folder / "config" / "config.php", "config", config)
    _write(folder / "config" / "authsources.php", "config", {"people": {"0": "exampleauth:UserPass"} | people})
    _write(folder / "metadata" / "saml20-idp-hosted.php", "metadata", {entity_id: hosted})
    _write(folder / "metadata" / "saml20-sp-remote.php", "metadata", {service_provider: remote})


def _attributes(name: str, user: User) -> dict[str, list[str]]:
    return {
        "uid": [name],
        f"{_ATTRIBUTES}/Role": list(user.roles),
        f"{_ATTRIBUTES}/RoleSessionName": [user.session_name],
        f"{_ATTRIBUTES}/SessionDuration": [str(user.session_seconds)],
    }


def _write(path: Path, variable: str, value: object) -> None:
    """Write a PHP file that sets `variable`; the value stands in it as JSON, which needs no quoting."""
    marker = secrets.token_hex(8)
    text = json.dumps(value)
    path.write_text(f"<?php\n${variable} = json_decode(<<<'J{marker}'\n{text}\nJ{marker}, true);\n")


def _certificate(folder: Path) -> str:
    """Make a key and a certificate for it; return the certificate."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "idp.example.org")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    (folder / "idp.crt").write_bytes(pem)
    (folder / "idp.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return pem.decode()
