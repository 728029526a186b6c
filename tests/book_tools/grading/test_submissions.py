"""What is found in folders and archives."""

import os
import zipfile

import pytest

from book_tools import PressError
from book_tools.grading.submissions import collect, who

NOTEBOOK = b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": []}'


@pytest.mark.parametrize(
    "name, says",
    [
        ("doejane_4711_123456_02_chain_rule.ipynb", "doejane 4711"),
        ("doejane_LATE_4711_123456_02_chain_rule-1.ipynb", "doejane 4711"),
        ("Jane Doe_77_assignsubmission_file_/02_chain_rule.ipynb", "Jane Doe 77"),
        ("Jane Doe_77_assignsubmission_file/02_chain_rule.ipynb", "Jane Doe 77"),
        ("export/Jane Doe_77_assignsubmission_file_/02.ipynb", "Jane Doe 77"),
        ("Jane Doe_77_assignsubmission_file_02_chain_rule.ipynb", "Jane Doe 77"),
        ("Jane Doe_77_assignsubmission_file_/hw_2_1_final.ipynb", "Jane Doe 77"),
        ("Jane Doe_77_assignsubmission_file_/john_88_assignsubmission_file_/x.ipynb", "Jane Doe 77"),
        ("doejane_4711_123_john_88_assignsubmission_file_x.ipynb", "doejane 4711"),
        ("s123456/02_chain_rule.ipynb", "s123456/02_chain_rule"),
        ("s123456/hw_2_1_final.ipynb", "s123456/hw_2_1_final"),
        ("s123456.ipynb", "s123456"),
    ],
)
def test_names_of_canvas_and_moodle(name, says):
    assert who(name) == says


def archive(path, entries):
    with zipfile.ZipFile(path, "w") as file:
        for name, content in entries:
            file.writestr(name, content)
    return path


def test_folder_and_archive_give_the_same(tmp_path):
    names = [
        "b_1_2_x.ipynb",
        "Jane Doe_77_assignsubmission_file_/x.ipynb",
        "__MACOSX/._b.ipynb",
        "b/.ipynb_checkpoints/x.ipynb",
        "notes.txt",
    ]
    for name in names:
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(NOTEBOOK)
    packed = archive(tmp_path / "all.zip", [(name, NOTEBOOK) for name in names])
    of_folder = [s for s in collect(tmp_path / "in") if not s.problem]
    assert [s.name for s in of_folder] == [s.name for s in collect(packed)] == [names[1], names[0]]
    assert all(s.content == NOTEBOOK for s in of_folder)


def test_an_archive_with_the_slashes_of_windows_gives_the_same(tmp_path):
    names = ["s1\\x.ipynb", "s2\\hw.pdf", "Jane Doe_77_assignsubmission_file_\\x.ipynb"]
    found = collect(archive(tmp_path / "all.ZIP", [(name, NOTEBOOK) for name in names]))
    assert [(s.name, s.who) for s in found] == [
        ("Jane Doe_77_assignsubmission_file_/x.ipynb", "Jane Doe 77"),
        ("s1/x.ipynb", "s1/x"),
        ("s2/hw.pdf", "s2"),
    ]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_names_in_an_archive_are_unique(tmp_path):
    names = ["x.ipynb", "x.ipynb", "x (2).ipynb", "x.ipynb", "Y.IPYNB"]
    found = collect(archive(tmp_path / "all.zip", [(name, NOTEBOOK) for name in names]))
    assert len({s.name for s in found}) == len(names)
    assert "Y.IPYNB" in {s.name for s in found}


@pytest.mark.parametrize("name", ["none.zip", "none.ipynb", "none"])
def test_what_is_not_there_is_said(tmp_path, name):
    with pytest.raises(PressError, match=f"there is no .*{name}: give a folder"):
        collect(tmp_path / name)


def test_a_single_notebook(tmp_path):
    (tmp_path / "x.ipynb").write_bytes(NOTEBOOK)
    (found,) = collect(tmp_path / "x.ipynb")
    assert (found.name, found.content) == ("x.ipynb", NOTEBOOK)


@pytest.mark.parametrize(
    "name",
    [
        "../out.ipynb",
        "/etc/out.ipynb",
        "a/../../out.ipynb",
        "..\\out.ipynb",
        "C:/out.ipynb",
        "\\\\host\\out.ipynb",
    ],
)
def test_an_archive_that_leads_outside_is_refused_whole(tmp_path, name):
    packed = archive(tmp_path / "x.zip", [("good.ipynb", NOTEBOOK), (name, NOTEBOOK)])
    with pytest.raises(PressError, match="leads out of the archive; nothing was read"):
        collect(packed)


def test_a_link_in_an_archive_is_not_followed(tmp_path):
    link = zipfile.ZipInfo("x.ipynb")
    link.external_attr = 0o120777 << 16
    packed = archive(tmp_path / "x.zip", [(link, "/etc/passwd")])
    (found,) = collect(packed)
    assert found.problem == "it is a link" and found.content == b""


# What somebody hands in, and the row of whoever is without a notebook; nobody may vanish without a word.
WITHOUT = [
    (["Jane Doe_77_assignsubmission_file_/essay.pdf"], "Jane Doe 77", "there is no notebook, only essay.pdf"),
    (
        ["Jane Doe_77_assignsubmission_onlinetext_/onlinetext.html"],
        "Jane Doe 77",
        "there is no notebook, only onlinetext.html",
    ),
    (
        ["doejane_LATE_4711_123_hw.pdf", "doejane_LATE_4711_124_more_1.txt"],
        "doejane 4711",
        "there is no notebook, only hw.pdf, more_1.txt",
    ),
    (["s123/hw.pdf", "s123/.DS_Store"], "s123", "there is no notebook, only hw.pdf"),
    (["s123/.DS_Store"], "s123", "there is no notebook in it"),
    (["Jane Doe_77_assignsubmission_file_hw.pdf"], "Jane Doe 77", "there is no notebook, only hw.pdf"),
]
WITH = [
    [
        "Jane Doe_77_assignsubmission_file_/x.ipynb",
        "Jane Doe_77_assignsubmission_onlinetext_/onlinetext.html",
    ],
    ["doejane_4711_123_x.ipynb", "doejane_4711_124_x.pdf"],
    ["s123/x.ipynb", "s123/data_1_2_x.csv"],
    ["x.ipynb", "notes.txt"],
]


@pytest.mark.parametrize("top", ["", "export/"])
@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("names, who, problem", [*WITHOUT, *((names, "", "") for names in WITH)])
def test_everybody_without_a_notebook_has_one_row(tmp_path, names, who, problem, packed, top):
    names = [top + name for name in [*names, "other s1/x.ipynb", "other s2/x.ipynb"]]
    for name in names:
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_bytes(NOTEBOOK)
    if packed:
        found = collect(archive(tmp_path / "all.zip", [(name, NOTEBOOK) for name in names]))
    else:
        found = collect(tmp_path / "in")
    assert [(s.who, s.problem) for s in found if s.problem] == ([(who, problem)] if problem else [])
    assert sum(not s.problem for s in found) == sum(name.endswith(".ipynb") for name in names)


@pytest.mark.skipif(os.name != "posix", reason="links need rights elsewhere")
def test_links_and_folders_named_as_notebooks(tmp_path):
    (tmp_path / "a.ipynb").symlink_to("/etc/passwd")
    (tmp_path / "b.ipynb").symlink_to(tmp_path / "gone")
    (tmp_path / "c.ipynb").mkdir()
    problems = {s.name: s.problem for s in collect(tmp_path)}
    assert problems == {
        "a.ipynb": "it is a link that leads out of the folder",
        "b.ipynb": "it is no file",
        "c.ipynb": "it is no file",
    }


def test_what_cannot_be_graded_says_so(tmp_path):
    with pytest.raises(PressError, match="give a folder, an archive"):
        collect(tmp_path / "none")
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 broken")
    with pytest.raises(PressError, match="no archive that can be read"):
        collect(tmp_path / "x.zip")
    (tmp_path / "empty").mkdir()
    with pytest.raises(PressError, match="there is no notebook"):
        collect(tmp_path / "empty")


def test_a_notebook_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    monkeypatch.setattr("book_tools.grading.submissions.LARGEST", 10)
    (tmp_path / "x.ipynb").write_bytes(NOTEBOOK)
    assert "larger than" in collect(tmp_path)[0].problem
    assert "larger than" in collect(archive(tmp_path / "x.zip", [("x.ipynb", NOTEBOOK)]))[0].problem
