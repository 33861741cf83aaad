import os
import sys

import pytest

from atmos_auth.config.documents import Documents, UnreadableFileError
from atmos_auth.config.observer import Observer
from atmos_auth.config.record import Record
from atmos_auth.domain.errors import ConfigError
from atmos_auth.domain.place import Place


@pytest.fixture
def documents():
    return Documents(Observer({}, Record()))


def failure(documents, path):
    with pytest.raises(ConfigError) as caught:
        documents.configuration(str(path))
    assert caught.value.hints
    return caught.value


@pytest.mark.parametrize("content", [b"", b"\n\n", b"# nothing\n", b"---\n", b"\xef\xbb\xbf"])
def test_an_empty_file_is_an_empty_mapping(documents, tmp_path, content):
    file = tmp_path / "atmos.yaml"
    file.write_bytes(content)
    assert documents.configuration(str(file)) == {}
    assert documents.configuration(str(file)).place == Place(str(file), 1, 1)


@pytest.mark.parametrize(
    "content",
    ["é: 1".encode(), b"\xef\xbb\xbf\xc3\xa9: 1", "\ufeffé: 1".encode("utf-16-le"), "é: 1".encode("utf-16")],
)
def test_encodings_with_a_byte_order_mark(documents, tmp_path, content):
    file = tmp_path / "atmos.yaml"
    file.write_bytes(content)
    tree = documents.configuration(str(file))
    assert tree == {"é": 1}
    assert tree.key_places["é"] == Place(str(file), 1, 1)


def test_bytes_that_are_no_text_are_named_with_their_place(documents, tmp_path):
    file = tmp_path / "atmos.yaml"
    file.write_bytes("a: 1\né: ".encode() + b"\xff\n")
    error = failure(documents, file)
    assert "not text in UTF-8" in error.message
    assert error.place == Place(str(file), 2, 4)


@pytest.mark.parametrize(
    ("text", "says", "line", "column"),
    [
        ("- a\n- b\n", "not a list", 1, 1),
        ("\n  [1]", "not a list", 2, 3),
        ("just text", "not a single value", 1, 1),
        ("!env X", "not a YAML function", 1, 1),
        ("a: !evn X\n", "the YAML function !evn is not supported", 1, 4),
        ("a:\n  - b: [!nope x]\n", "!nope is not supported", 2, 9),
        ("a: !append [!nope x]\n", "!nope is not supported", 1, 13),
        ("a: !terraform.output x y\n", "!terraform.output is not supported", 1, 4),
        ("auth:\n  Prod: 1\n  prod: 2\n", "'Prod' and 'prod' differ in case only", 3, 3),
        ("a: [{b: 1, B: 2}]", "'b' and 'B' differ in case only", 1, 12),
    ],
)
def test_what_a_configuration_file_may_not_hold(documents, tmp_path, text, says, line, column):
    file = tmp_path / "atmos.yaml"
    file.write_text(text)
    error = failure(documents, file)
    assert says in error.message
    assert error.place == Place(str(file), line, column)


def test_an_unknown_function_is_answered_with_the_known_ones(documents, tmp_path):
    file = tmp_path / "atmos.yaml"
    file.write_text("a: !x")
    hint = " ".join(failure(documents, file).hints)
    for tag in ("!env", "!exec", "!include", "!repo-root", "!git.root", "!cwd", "!random", "!append", "!unset"):
        assert tag in hint


def test_variables_may_differ_in_case_only(documents, tmp_path):
    file = tmp_path / "atmos.yaml"
    file.write_text("env: {http_proxy: a, HTTP_PROXY: b}\n")
    assert documents.configuration(str(file)) == {"env": {"http_proxy": "a", "HTTP_PROXY": "b"}}


def test_a_directory_is_no_file(documents, tmp_path):
    error = failure(documents, tmp_path)
    assert isinstance(error, UnreadableFileError)
    assert "this is a directory" in error.message
    assert error.place == Place(str(tmp_path), 1, 1)


@pytest.mark.parametrize("path", ["missing.yaml", "file/below.yaml"])
def test_a_missing_file(tmp_path, path):
    (tmp_path / "file").write_text("")
    record = Record()
    missing = str(tmp_path / path)
    assert "does not exist" in failure(Documents(Observer({}, record)), missing).message
    assert missing in record.absent


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission(documents, tmp_path):
    file = tmp_path / "atmos.yaml"
    file.write_text("a: 1")
    file.chmod(0)
    error = failure(documents, file)
    assert "may not be read" in error.message
    assert "chmod" in error.hints[0]


def test_a_file_is_read_once(documents, tmp_path):
    file = tmp_path / "atmos.yaml"
    file.write_text("a: 1")
    first = documents.configuration(str(file))
    file.write_text("a: 2")
    assert documents.configuration(str(file)) is first
