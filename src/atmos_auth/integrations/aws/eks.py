"""Kind `aws/eks`: a Kubernetes cluster is in a kubeconfig file, and kubectl gets its tokens from here.

Rules: https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html
"""

import os
from collections.abc import Mapping
from hashlib import sha256
from json import dumps
from typing import Annotated, Any, ClassVar

from msgspec import Meta, Struct, field

from atmos_auth.aws_api.eks import Cluster, describe_cluster
from atmos_auth.config.settings import IntegrationSettings, IntegrationSpec, Region, Text
from atmos_auth.domain.credentials import AwsCredentials
from atmos_auth.domain.env_names import ATMOS_IDENTITY, KUBE_CONFIG_PATH, KUBECONFIG
from atmos_auth.domain.errors import IntegrationFailed
from atmos_auth.domain.integration import IntegrationTools, Provided
from atmos_auth.host.files import remove_file
from atmos_auth.host.kubeconfig import CLUSTERS, CONTEXTS, USERS, Entry, Kubeconfig
from atmos_auth.host.paths import expanded
from atmos_auth.host.shared_files import locked_shared, read_shared, write_shared

EXEC_API = "client.authentication.k8s.io/v1beta1"
MERGE, REPLACE, ERROR = "merge", "replace", "error"


class KubeconfigSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Which file, and what becomes of what is in it."""

    path: Annotated[str, Meta(description="a path", examples=["~/.kube/config"])] = ""
    mode: Annotated[
        str, Meta(pattern="^0?[0-7]{3}$", description="a file mode in octal digits", examples=['"0600"'])
    ] = "0600"
    update: Annotated[
        str,
        Meta(
            pattern=f"^({MERGE}|{REPLACE}|{ERROR})$",
            description="a way to update (merge, replace, error)",
            examples=[MERGE],
        ),
    ] = MERGE


class ClusterSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """A cluster, by its name and region."""

    name: Annotated[
        str,
        Meta(
            pattern=r"^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$",
            title="cluster name",
            description="the name of a cluster",
            examples=["main"],
        ),
    ]
    region: Region
    alias: Text = ""
    kubeconfig: KubeconfigSettings = field(default_factory=KubeconfigSettings)


class ClusterSpec(IntegrationSpec, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which cluster."""

    cluster: Annotated[ClusterSettings, Meta(examples=["{ name: main, region: us-east-1 }"])]


class EksSettings(IntegrationSettings, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A Kubernetes cluster."""

    spec: Annotated[ClusterSpec, Meta(examples=["{ cluster: { name: main, region: us-east-1 } }"])]


class Eks:
    """Asks AWS for the cluster, and writes it down for kubectl."""

    needs: ClassVar[tuple[type, ...]] = (AwsCredentials,)
    settings_type: ClassVar[type] = EksSettings

    def __init__(self, name: str, settings: EksSettings, tools: IntegrationTools) -> None:
        self._spec = settings.spec
        self._cluster = settings.spec.cluster
        self._tools = tools

    @property
    def what(self) -> str:
        """Name the entry."""
        return f'kubeconfig entry of cluster "{self._cluster.name}" in {self._cluster.region}'

    def provide(self, credentials: AwsCredentials, identity: str, *, chosen: bool = False) -> Provided:
        """Describe the cluster, over the network, and write its entry; `chosen` makes it the current context.

        Raises `IntegrationFailed`, `AccessDenied`, `StoreError` and their like.
        """
        cluster = describe_cluster(
            self._tools.aws,
            credentials,
            name=self._cluster.name,
            region=self._cluster.region,
            endpoint_url=self._spec.endpoint_url or None,
        )
        path, notes = self._path, tuple[str, ...]()
        with locked_shared(path, locks=self._tools.locks, clock=self._tools.clock):
            text = None if self._cluster.kubeconfig.update == REPLACE else read_shared(path)
            config = Kubeconfig(text, path)
            context = self._cluster.alias or cluster.arn
            entries = self._entries(config, cluster, context, identity)
            if self._cluster.kubeconfig.update == ERROR:
                self._require_equal(config, entries)
            edited = config.edited(entries, context if chosen or not config.current_context else None)
            if edited.text != text:
                write_shared(path, edited.text, mode=int(self._cluster.kubeconfig.mode, 8))
            if not edited.is_faithful:
                notes = (f"{path} was written anew: its values are kept, its comments and spacing are not",)
        marked = Kubeconfig(edited.text, path)
        return Provided(
            f"kubeconfig: context {context} in {path}", path, self._mark(marked, entries) or "", None, notes
        )

    def environment(self) -> dict[str, str]:
        """Return the variables that name the file, for kubectl and for Terraform."""
        return {KUBECONFIG: self._path, KUBE_CONFIG_PATH: self._path}

    def holds(self, mark: str, file: str) -> bool:
        """Tell whether the file still has that entry."""
        return self._found(Kubeconfig(read_shared(file), file), mark) is not None

    def remove(self, mark: str, file: str) -> bool:
        """Take cluster, context and user out of the file, unless they are others by now."""
        with locked_shared(file, locks=self._tools.locks, clock=self._tools.clock):
            config = Kubeconfig(read_shared(file), file)
            names = self._found(config, mark)
            if names is None:
                return False
            gone = [Entry(section, name, None) for section, name in names.items()]
            current = "" if config.current_context == names[CONTEXTS] else None
            text = config.edited(gone, current).text
            if Kubeconfig(text, file).is_bare and file == self._tools.kubeconfig:
                remove_file(file)
            else:
                write_shared(file, text, mode=int(self._cluster.kubeconfig.mode, 8))
            return True

    @property
    def _path(self) -> str:
        said = self._cluster.kubeconfig.path
        if not said:
            return self._tools.kubeconfig
        return os.path.normpath(os.path.join(self._tools.directory, expanded(said, self._tools.home)))

    @property
    def _user(self) -> str:
        return f"atmos-eks-{self._cluster.name}-{self._cluster.region}"

    def _entries(self, config: Kubeconfig, cluster: Cluster, context: str, identity: str) -> list[Entry]:
        command, *words = self._tools.own_command(
            "aws",
            "eks",
            "token",
            "--cluster-name",
            self._cluster.name,
            "--region",
            self._cluster.region,
            f"--identity={identity}",
        )
        variables = {**self._tools.own_variables, ATMOS_IDENTITY: identity}
        plugin = {
            "apiVersion": EXEC_API,
            "command": command,
            "args": words,
            "env": [{"name": name, "value": value} for name, value in variables.items()],
            # It asks nobody, so that it works in the background too.
            "interactiveMode": "Never",
            "provideClusterInfo": False,
        }
        server = {"server": cluster.endpoint, "certificate-authority-data": cluster.certificate_authority}
        pair = {"cluster": cluster.arn, "user": self._user}
        # A namespace that somebody chose for the context stays.
        there = config.value(CONTEXTS, context) or {}
        kept = there if {name: there.get(name) for name in pair} == pair else {}
        return [
            Entry(CLUSTERS, cluster.arn, server),
            Entry(CONTEXTS, context, {**kept, **pair}),
            Entry(USERS, self._user, {"exec": plugin}),
        ]

    def _require_equal(self, config: Kubeconfig, entries: list[Entry]) -> None:
        for entry in entries:
            there = config.value(entry.section, entry.name)
            if there is not None and there != entry.value:
                raise IntegrationFailed(
                    f'{self._path} has another entry "{entry.name}" among its {entry.section}',
                    hints=["set `kubeconfig.update: merge` to have it replaced, or remove it"],
                )

    def _mark(self, config: Kubeconfig, entries: list[Entry]) -> str | None:
        names = {entry.section: entry.name for entry in entries}
        return _digest(config, names)

    def _found(self, config: Kubeconfig, mark: str) -> Mapping[str, str] | None:
        """Find the names of the three entries that were marked; None when one of them is another by now."""
        return next((names for names in self._candidates(config) if _digest(config, names) == mark), None)

    def _candidates(self, config: Kubeconfig) -> list[dict[str, str]]:
        """Every context of our user, with its cluster: the ARN is not known before AWS is asked."""
        return [
            {CLUSTERS: str(value.get("cluster")), CONTEXTS: name, USERS: self._user}
            for name, value in config.entries(CONTEXTS)
            if value.get("user") == self._user
        ]


def _digest(config: Kubeconfig, names: Mapping[str, str]) -> str | None:
    """Hash what is ours of the three entries; None when one is missing."""
    values: dict[str, Any] = {section: config.value(section, name) for section, name in names.items()}
    if None in values.values():
        return None
    # What else stands in the context is the person's.
    values[CONTEXTS] = {name: values[CONTEXTS].get(name) for name in ("cluster", "user")}
    return sha256(dumps([dict(names), values], sort_keys=True, default=str).encode()).hexdigest()
