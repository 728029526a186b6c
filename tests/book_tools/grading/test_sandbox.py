"""The walls themselves: what they are made of, and what they end."""

import platform
import struct

import pytest

from book_tools.grading import sandbox, seccomp


@pytest.mark.parametrize("machine", seccomp.MACHINES)
def test_the_filter_refuses_what_is_forbidden_and_nothing_else(monkeypatch, machine):
    """The filter, run by an interpreter of its own for the few instructions that it has."""
    monkeypatch.setattr(platform, "machine", lambda: machine)
    steps = list(struct.iter_unpack("=HBBI", seccomp.program()))

    def answer(number, argument=0, architecture=seccomp.MACHINES[machine][1]):
        data, at, value = {0: number, 4: architecture, 16: argument}, 0, 0
        while True:
            code, yes, no, operand = steps[at]
            if code == seccomp.RETURN:
                return operand
            if code == seccomp.LOAD:
                value, at = data[operand], at + 1
                continue
            holds = {
                seccomp.EQUAL: value == operand,
                seccomp.AT_LEAST: value >= operand,
                seccomp.ANY_BIT: bool(value & operand),
            }[code]
            at += 1 + (yes if holds else no)

    column = seccomp.MACHINES[machine][0]
    forbidden = {numbers[column] for numbers in seccomp.FORBIDDEN.values()}
    refused = seccomp.FAIL | 1
    clone = seccomp.CLONE[column]
    for number in range(500):
        expected = refused if number in forbidden else seccomp.ALLOW
        if number == seccomp.CLONE3:
            expected = seccomp.FAIL | 38
        assert answer(number) == expected, number
    assert answer(clone, 0x00000F00) == seccomp.ALLOW
    assert answer(clone, seccomp.NEW_USER | 17) == refused
    assert answer(0x40000000 + 1) == refused
    assert answer(1, architecture=0x40000003) == seccomp.KILL


def test_a_machine_whose_calls_are_not_known_has_no_filter_and_it_is_said(monkeypatch):
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    monkeypatch.setattr(sandbox, "wall", lambda: "bubblewrap")
    assert seccomp.program() is None
    assert "riscv64 are not known" in sandbox.missing()[0]


@pytest.mark.slow
@pytest.mark.parametrize(
    "used, said", [((2**40, 0), "MiB of memory"), ((0, 1e6), "more than one processor busy")]
)
def test_a_run_that_takes_too_much_is_ended(monkeypatch, used, said):
    monkeypatch.setattr(sandbox, "_used", lambda *_: used)
    with sandbox.opened(sandbox.USUAL) as box, pytest.raises(sandbox.SandboxError, match=said):
        box.receive()


@pytest.mark.slow
def test_where_the_package_is_missing_inside_no_grading_begins(monkeypatch, tmp_path):
    monkeypatch.setattr(sandbox, "TRIAL", "raise ImportError")
    with pytest.raises(sandbox.SandboxError, match="no notebook can be run here"):
        sandbox.check()
