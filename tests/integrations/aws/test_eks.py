from pathlib import Path
from typing import Any

import pytest
import yaml

from atmos_auth.config.check import check
from atmos_auth.domain.errors import IntegrationFailed, StoreError
from atmos_auth.integrations.aws.eks import Eks
from atmos_auth.testing import FakeConnections, aws_credentials

ARN = "arn:aws:eks:us-east-1:123456789012:cluster/main"
CLUSTER = {
    "arn": ARN,
    "status": "ACTIVE",
    "endpoint": "https://x.eks.amazonaws.com",
    "certificateAuthority": {"data": "Q0E="},
}
THEIRS = """\
# mine
apiVersion: v1
kind: Config
clusters:
- name: home
  cluster: {server: "https://home"}  # here
contexts:
- name: home
  context: {cluster: home, user: me}
users: []
current-context: home
"""


def settings(**cluster: Any) -> dict[str, Any]:
    return {
        "kind": "aws/eks",
        "via": {"identity": "dev"},
        "spec": {"cluster": {"name": "main", "region": "us-east-1", **cluster}},
    }


@pytest.fixture
def eks(build, connections: FakeConnections):
    connections.answer("eks:DescribeCluster", *[{"cluster": CLUSTER}] * 4)
    return lambda **cluster: build(Eks, settings(**cluster))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "kube" / "config"
    path.parent.mkdir()
    return path


def test_a_cluster_is_written_down_for_kubectl(eks, path):
    provided = eks().provide(aws_credentials(), "dev")
    assert provided.what == f"kubeconfig: context {ARN} in {path}"
    written = yaml.safe_load(path.read_text())
    assert written["clusters"] == [
        {
            "name": ARN,
            "cluster": {"server": "https://x.eks.amazonaws.com", "certificate-authority-data": "Q0E="},
        }
    ]
    assert written["contexts"] == [{"name": ARN, "context": {"cluster": ARN, "user": "atmos-eks-main-us-east-1"}}]
    (user,) = written["users"]
    assert user["name"] == "atmos-eks-main-us-east-1"
    assert user["user"]["exec"] == {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "python",
        "args": [
            *("-m", "atmos_auth", "aws", "eks", "token", "--cluster-name", "main", "--region", "us-east-1"),
            *("--identity=dev", "--chdir=/project"),
        ],
        "env": [{"name": "ATMOS_PROFILE", "value": "team"}, {"name": "ATMOS_IDENTITY", "value": "dev"}],
        "interactiveMode": "Never",
        "provideClusterInfo": False,
    }
    assert written["current-context"] == ARN
    assert path.stat().st_mode & 0o777 == 0o600


def test_what_is_there_stays_and_so_does_the_current_context_unless_one_is_chosen(eks, path):
    path.write_text(THEIRS)
    eks(alias="work").provide(aws_credentials(), "dev")
    text = path.read_text()
    assert [line for line in THEIRS.splitlines() if line not in text.splitlines()] == ["users: []"]
    assert yaml.safe_load(text)["current-context"] == "home"
    eks(alias="work").provide(aws_credentials(), "dev", chosen=True)
    assert yaml.safe_load(path.read_text())["current-context"] == "work"


def test_what_was_written_is_taken_back_and_nothing_else(eks, path):
    path.write_text(THEIRS)
    integration = eks(alias="work")
    mark = integration.provide(aws_credentials(), "dev", chosen=True).mark
    assert integration.holds(mark, str(path))
    # A namespace is the person's, and stays theirs.
    path.write_text(path.read_text().replace("    cluster: arn", "    namespace: web\n    cluster: arn"))
    assert integration.holds(mark, str(path))
    assert integration.provide(aws_credentials(), "dev").mark == mark
    assert "namespace: web" in path.read_text()
    assert (integration.remove(mark, str(path)), integration.remove(mark, str(path))) == (True, False)
    assert path.read_text() == THEIRS.replace("current-context: home", "current-context: ''")


def test_an_entry_that_somebody_changed_is_theirs(eks, path):
    integration = eks()
    mark = integration.provide(aws_credentials(), "dev").mark
    path.write_text(path.read_text().replace("https://x.eks", "https://proxy"))
    assert not integration.holds(mark, str(path))
    assert not integration.remove(mark, str(path))
    assert "https://proxy" in path.read_text()


def test_our_own_file_goes_with_its_last_entry(eks, path):
    integration = eks()
    integration.remove(integration.provide(aws_credentials(), "dev").mark, str(path))
    assert not path.exists()


def test_update_replace_leaves_nothing_else(eks, path):
    path.write_text(THEIRS)
    eks(kubeconfig={"update": "replace"}).provide(aws_credentials(), "dev")
    written = yaml.safe_load(path.read_text())
    assert [cluster["name"] for cluster in written["clusters"]] == [ARN]
    assert written["current-context"] == ARN


def test_update_error_takes_no_other_entry_of_the_name(eks, path):
    strict = {"update": "error"}
    path.write_text(THEIRS)
    eks(kubeconfig=strict, alias="work").provide(aws_credentials(), "dev")
    before = path.read_text()
    eks(kubeconfig=strict, alias="work").provide(aws_credentials(), "dev")
    assert path.read_text() == before, "an equal entry is none other"
    with pytest.raises(IntegrationFailed, match='another entry "home" among its contexts') as caught:
        eks(kubeconfig=strict, alias="home").provide(aws_credentials(), "dev")
    assert "update: merge" in caught.value.hints[0]
    assert path.read_text() == before


def test_file_and_mode_are_chosen(eks, tmp_path):
    for said, where in (("~/kube", tmp_path / "home" / "kube"), ("in/project", tmp_path / "in" / "project")):
        integration = eks(kubeconfig={"path": said, "mode": "0640"})
        integration.provide(aws_credentials(), "dev")
        assert where.stat().st_mode & 0o777 == 0o640
        assert integration.environment() == {"KUBECONFIG": str(where), "KUBE_CONFIG_PATH": str(where)}


def test_a_malformed_kubeconfig_is_left_alone(eks, path):
    path.write_text("clusters: [")
    with pytest.raises(StoreError) as caught:
        eks().provide(aws_credentials(), "dev")
    assert str(caught.value.place).startswith(f"{path}:1:")
    assert path.read_text() == "clusters: ["


def test_comments_that_could_not_be_kept_are_told_of(eks, path):
    path.write_text("{apiVersion: v1, kind: Config, clusters: [{name: home, cluster: {}}]}  # mine\n")
    provided = eks().provide(aws_credentials(), "dev")
    assert "its comments and spacing are not" in provided.notes[0]
    assert [cluster["name"] for cluster in yaml.safe_load(path.read_text())["clusters"]] == ["home", ARN]


@pytest.mark.parametrize(
    ("cluster", "complaint"),
    [
        ({"name": ""}, "cluster name is required"),
        ({"name": "a/b"}, "not the name of a cluster"),
        ({"kubeconfig": {"mode": "rw"}}, "not a file mode"),
        ({"kubeconfig": {"update": "overwrite"}}, "merge, replace, error"),
    ],
)
def test_settings_that_do_not_fit_are_named(cluster, complaint):
    (error,) = check(settings(**cluster), Eks.settings_type, subject="test").errors
    assert complaint in error.message
