import json

import pytest

from atmos_auth.delivery.exec_credential import as_json, wanted_version

GROUP = "client.authentication.k8s.io"


@pytest.mark.parametrize(
    ("exec_info", "version"),
    [
        ("", "v1beta1"),
        (json.dumps({"apiVersion": f"{GROUP}/v1beta1"}), "v1beta1"),
        (json.dumps({"apiVersion": f"{GROUP}/v1"}), "v1"),
        (json.dumps({"apiVersion": f"{GROUP}/v1alpha1"}), "v1beta1"),
        ("{", "v1beta1"),
        ("[]", "v1beta1"),
    ],
)
def test_the_caller_chooses_the_version(exec_info, version):
    assert wanted_version(exec_info) == f"{GROUP}/{version}"


def test_the_answer_is_one_object_on_one_line():
    text = as_json("k8s-aws-v1.x", 1767323045, f"{GROUP}/v1")
    assert text.count("\n") == 1
    assert json.loads(text) == {
        "kind": "ExecCredential",
        "apiVersion": f"{GROUP}/v1",
        "spec": {},
        "status": {"expirationTimestamp": "2026-01-02T03:04:05Z", "token": "k8s-aws-v1.x"},
    }
