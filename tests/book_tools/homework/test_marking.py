"""Marks: the right answer earns the points, each wrong one fails its own question and says why."""

import contextlib
import io
import re
import time

import numpy as np
import pytest
from nbformat.v4 import new_code_cell

from book_tools import PressError
from book_tools.homework.marking import BY_PERSON, IN_GENERAL, AnswerKey
from book_tools.homework.marking import _close as close
from book_tools.homework.master import Master
from unstable_gradients.homework import NotYet, Sheet

from .conftest import MASTERS, SECRET, answer_key, each_assignment
from .other_mistakes import MISTAKES

STUDENTS = ("s123456", "someone", "")
QUESTIONS = [(name, question) for name in MASTERS for question in answer_key(name).questions]
each_question = pytest.mark.parametrize("name, question", QUESTIONS)
BY_MACHINE = [(n, q) for n, q in QUESTIONS if answer_key(n).questions[q].kind not in BY_PERSON]


def marks(key, answers):
    """The marks of answers as data, by question."""
    return {name: key.mark(name, answers.get(name)) for name in key.questions}


@each_assignment
@pytest.mark.parametrize("student", STUDENTS)
def test_right_answers_earn_all_points(name, student):
    key = answer_key(name, student)
    for question, mark in marks(key, {q: key.right(q) for q in key.questions}).items():
        by_person = key.questions[question].kind in BY_PERSON
        assert mark.points == (None if by_person else key.questions[question].points), (
            f"{question}: {mark.feedback}"
        )


@each_assignment
def test_no_answer_earns_nothing(name):
    assert all(mark.points == 0 for mark in marks(answer_key(name), {}).values())


@each_assignment
def test_an_assignment_has_four_to_six_questions_of_several_kinds(name):
    questions = answer_key(name).questions.values()
    assert 4 <= len(questions) <= 6
    assert len({question.kind for question in questions}) >= 3
    assert any(question.kind in BY_PERSON for question in questions)
    for question in questions:
        assert question.rubric if question.kind in BY_PERSON else len(question.mistakes) >= 3, question.name


@pytest.mark.parametrize("name, question", BY_MACHINE)
@pytest.mark.parametrize("student", STUDENTS)
def test_an_expected_mistake_gets_its_own_feedback(name, question, student):
    key = answer_key(name, student)
    feedbacks = [feedback for _, feedback in key.questions[question].mistakes]
    assert len(set(feedbacks)) == len(feedbacks)
    for answer, feedback in key.questions[question].mistakes:
        mark = key.mark(question, key.data(question, answer))
        assert (mark.points, mark.feedback) == (0, feedback)


@pytest.mark.parametrize("name, question", [("01_descent", "steps"), ("03_vanish_or_explode", "stuck")])
def test_no_expected_mistake_in_a_whole_number_is_right_or_like_another_by_chance(name, question):
    whole = MASTERS[name]
    section, cells = "", []
    for cell in whole.cells:
        if cell.cell_type == "markdown" and "\n## " in "\n" + cell.source:
            section = cell.source
        if not section or f"{{points}}`{question}`" in section:
            cells.append(cell)
    for number in range(200):
        key = AnswerKey(Master(name, whole.title, cells), "Deep Learning 1", f"s{number}", SECRET)
        answers = [key.right(question), *(wrong for wrong, _ in key.questions[question].mistakes)]
        assert len(set(map(float, answers))) == len(answers), f"s{number}: {answers}"


def handed_in(name, question, cell, **names):
    """Run the solution of an assignment with one cell replaced, as a notebook runs; return its sheet.

    ``names`` are known to the cells from the start.
    """
    key = answer_key(name)
    hands_in = re.compile(rf"sheet\.{key.questions[question].kind}\(\s*[\"']{question}[\"']")
    replaced = 0
    for kind, source in MASTERS[name].for_instructors():
        if kind == "markdown":
            continue
        if 'course = ""' in source:
            source = 'course, student = "Deep Learning 1", "s123456"'
        if hands_in.search(source):
            source, replaced = cell, replaced + 1
        with contextlib.suppress(NotYet), contextlib.redirect_stdout(io.StringIO()):
            exec(compile(source, question, "exec"), names)
    assert replaced == 1, f"{question} must be answered in one cell"
    return names["sheet"]


def fails_alone(name, question, cell, **names):
    """Assert that a cell with a wrong answer costs the points of its question and no others."""
    key = answer_key(name)
    sheet = handed_in(name, question, cell, **names)
    answers = {q: key.data(q, answer.value) for q, answer in sheet.answers.items()}
    for other, mark in marks(key, answers).items():
        if other == question:
            assert mark.points == 0, f"{question}: a wrong answer was taken for right"
            assert mark.feedback and "Right" not in mark.feedback
        elif key.questions[other].kind not in BY_PERSON:
            assert mark.points == key.questions[other].points, (
                f"{question} made {other} wrong: {mark.feedback}"
            )


@pytest.mark.parametrize(
    "name, question, cell",
    [
        pytest.param(name, question, cell, id=f"{name}-{question}-{k}")
        for name, questions in MISTAKES.items()
        for question, cells in questions.items()
        for k, cell in enumerate(cells)
    ],
)
def test_a_mistake_of_someone_else_fails_its_question_and_no_other(name, question, cell):
    fails_alone(name, question, cell)


OWN_NUMBERS = [
    (name, question, cell)
    for name, question in BY_MACHINE
    for cell in MISTAKES.get(name, {}).get(question, [])
    if answer_key(name).questions[question].kind == "expression" and "my_" in cell
]


@pytest.mark.parametrize("name, question, cell", OWN_NUMBERS, ids=[f"{n}-{q}" for n, q, _ in OWN_NUMBERS])
def test_own_numbers_in_a_formula_fail_the_visible_check_too(name, question, cell):
    assert question not in handed_in(name, question, cell).passed


def test_someone_else_put_own_numbers_into_a_formula_of_every_assignment():
    with_formulas = {n for n, q in BY_MACHINE if answer_key(n).questions[q].kind == "expression"}
    with_formulas &= MISTAKES.keys()  # the next test says which are missing
    assert {name for name, _, _ in OWN_NUMBERS} == with_formulas, (
        "in other_mistakes.py each of these needs a formula with numbers of the student's own, such as my_x"
    )


@each_assignment
def test_someone_else_made_two_mistakes_in_each_question(name):
    asked = [question for n, question in BY_MACHINE if n == name]
    missing = [q for q in asked if len(set(MISTAKES.get(name, {}).get(q, []))) < 2]
    assert not missing, (
        f"other_mistakes.py has no entry for {name} with two mistakes for each of its questions "
        f"{', '.join(missing)}: ask someone who did not write it (see CONTRIBUTING.md, Add an assignment)"
    )


@pytest.mark.parametrize("name, question", BY_MACHINE)
def test_an_expected_mistake_in_the_notebook_fails_no_other_question(name, question):
    """The wrong answer also gets the name of the right one, so that what comes after would see it."""
    asked = answer_key(name).questions[question]
    cell = {
        "number": "{0} = WRONG\nsheet.number({0!r}, {0})",
        "function": "{0} = WRONG\nsheet.function({0!r}, {0})",
        "expression": "{0} = WRONG\nformula = sheet.expression({0!r}, {0}, letters)",
    }[asked.kind].format(question)
    for wrong, _ in asked.mistakes:
        fails_alone(name, question, cell, WRONG=wrong)


ARRAYS = [np.arange(6.0).reshape(2, 3), np.ones(2)]


class TestSame:
    """When two values of a function are the same."""

    @pytest.mark.parametrize(
        "given",
        [
            ARRAYS,
            tuple(ARRAYS),
            [part.tolist() for part in ARRAYS],
            [ARRAYS[0] * (1 + 4e-6), ARRAYS[1]],
        ],
        ids=["arrays", "tuple", "lists", "rounded"],
    )
    def test_list_of_arrays(self, given):
        assert close(given, ARRAYS, 1e-5)

    @pytest.mark.parametrize(
        "given",
        [
            [],
            ARRAYS[:1],
            [*ARRAYS, ARRAYS[1]],
            ARRAYS[::-1],
            [ARRAYS[0].T, ARRAYS[1]],
            [ARRAYS[0] * 1.001, ARRAYS[1]],
            [ARRAYS[0], [1.0]],
            [ARRAYS[0], 1.0],
            [ARRAYS[0], "text"],
            [ARRAYS[0], None],
            ARRAYS[0],
            np.zeros(()),
            0.0,
            None,
            "ab",
        ],
        ids=lambda given: type(given).__name__,
    )
    def test_not_the_list_of_arrays(self, given):
        assert not close(given, ARRAYS, 1e-5)

    def test_stacked_arrays_of_one_shape(self):
        assert close(np.ones((2, 3)), [np.ones(3), np.ones(3)], 1e-5)
        assert not close(np.ones((2, 3)), [np.ones(3), np.ones(2)], 1e-5)
        assert not close([np.ones(3), np.ones(2)], np.ones((2, 3)), 1e-5)


@pytest.mark.parametrize(
    "name, question", [(n, q) for n, q in BY_MACHINE if answer_key(n).questions[q].kind == "number"]
)
@pytest.mark.parametrize("student", STUDENTS)
def test_a_number_rounded_to_six_digits_is_right(name, question, student):
    key = answer_key(name, student)
    assert key.mark(question, float(f"{key.right(question):.5e}")).points == key.questions[question].points


class TestKey:
    def test_hidden_places_differ_by_student_and_by_key(self):
        def points(student, secret):
            key = AnswerKey(MASTERS["02_chain_rule"], "Deep Learning 1", student, secret)
            return np.concatenate([np.ravel(a) for (a,) in key.places("slope")])

        mine = points("s1", SECRET)
        np.testing.assert_array_equal(mine, points("S1 ", SECRET))
        assert np.all(mine != points("s2", SECRET)) and np.all(mine != points("s1", b"another key"))

    def test_the_answer_of_another_student_is_wrong(self):
        mine, theirs = answer_key("02_chain_rule"), answer_key("02_chain_rule", "someone")
        assert mine.mark("ratio", theirs.right("ratio")).points == 0

    @pytest.mark.parametrize("name, question", BY_MACHINE)
    def test_what_is_no_answer_of_its_kind_earns_nothing(self, name, question):
        kind = answer_key(name).questions[question].kind
        odd = {
            "number": [float("nan"), float("inf"), 0.0],
            "function": [[], [None], ["text"] * 9, [[float("nan")]]],
            "expression": ["", "9**9**9", "__import__('os')", "x" * 200_000, "1/0", "0"],
        }[kind]
        for given in odd:
            assert answer_key(name).mark(question, given).points == 0

    def test_general_feedback_for_a_mistake_that_nobody_expected(self):
        assert answer_key("02_chain_rule").mark("ratio", 123.0).feedback == IN_GENERAL["number"]

    def test_a_question_without_an_answer_is_an_error_of_the_master(self):
        cells = [
            new_code_cell('course = ""', metadata={"tags": ["identity"]}),
            new_code_cell("from unstable_gradients.homework import Sheet\nsheet = Sheet('x')"),
            new_code_cell("question('a', points=1)", metadata={"tags": ["marking"]}),
        ]
        with pytest.raises(PressError, match="x.md, question 'a': no cell hands it in"):
            AnswerKey(Master("x", "X", cells))
        cells.append(cells[-1])
        with pytest.raises(PressError, match="'a' is declared twice"):
            AnswerKey(Master("x", "X", cells))


@pytest.mark.parametrize("name, question", BY_MACHINE)
def test_marking_one_answer_takes_less_than_a_second(name, question):
    key = answer_key(name)
    start = time.process_time()
    key.mark(question, key.right(question))
    assert time.process_time() - start < 1


@each_assignment
def test_every_number_of_two_students_differs(name):
    def numbers(student):
        drawn = []

        class Recorder(Sheet):
            def uniform(self, *arguments, **options):
                drawn.append(np.atleast_1d(super().uniform(*arguments, **options)))
                return drawn[-1] if options.get("size") or len(arguments) > 3 else drawn[-1][0]

        names = {"question": lambda *a, **k: None}
        program = MASTERS[name].program("Deep Learning 1", student)
        program = program.replace("from unstable_gradients.homework import Sheet\n", "")
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(program, name, "exec"), names | {"Sheet": Recorder})
        return np.concatenate(drawn)

    one, other = numbers("s123456"), numbers("s654321")
    assert len(one) >= 4 and np.all(one != other)
