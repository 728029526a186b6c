"""The student's sheet: what it takes for an answer, and what it says."""

import numpy as np
import pytest
import sympy
from matplotlib.figure import Figure

from unstable_gradients.homework import NotYet, Sheet


@pytest.fixture
def sheet():
    return Sheet("02_chain_rule", "Deep Learning 1", "s123456")


class TestNumbers:
    def test_follow_from_the_three_names(self, sheet):
        again = Sheet("02_chain_rule", " deep learning 1", "S123456 ")
        assert sheet.uniform("x", 0, 1) == again.uniform("x", 0, 1)

    @pytest.mark.parametrize(
        "other",
        [
            ("01_descent", "Deep Learning 1", "s123456"),
            ("02_chain_rule", "DL 1", "s123456"),
            ("02_chain_rule", "Deep Learning 1", "s123457"),
        ],
    )
    def test_are_others_for_another_assignment_course_or_student(self, sheet, other):
        assert sheet.uniform("x", 0, 1) != Sheet(*other).uniform("x", 0, 1)

    def test_without_an_id_are_for_practice(self, sheet):
        assert "for practice" in repr(Sheet("02_chain_rule"))
        assert "student s123456" in repr(sheet)


class TestAnswers:
    @pytest.mark.parametrize(
        "value", [3, 2.5, np.float64(2.5), np.int32(3), sympy.Rational(5, 2), sympy.sqrt(2)]
    )
    def test_number(self, sheet, value):
        sheet.number("rate", value)
        assert sheet.answers["rate"].value == pytest.approx(float(value))
        assert type(sheet.answers["rate"].value) is float

    def test_function(self, sheet):
        sheet.function("half", half := lambda x: x / 2)
        assert sheet.answers["half"].value is half

    def test_expression_as_sympy_or_as_text(self, sheet):
        x, y = sympy.symbols("x y")
        one = sheet.expression("one", x**2 - y, [x, y])
        other = sheet.expression("other", "x**2 - y", ["x", "y"])
        assert one.value({"x": 3, "y": 2}) == other.value({"x": 3, "y": 2}) == 7

    def test_text_and_figure(self, sheet):
        sheet.text("why", "Because.")
        sheet.figure("speeds", figure := Figure())
        sheet.figure("axes", figure.add_subplot())
        assert sheet.answers["why"].value == "Because."
        assert sheet.answers["speeds"].value is sheet.answers["axes"].value is figure

    def test_the_last_answer_counts(self, sheet, capsys):
        sheet.number("rate", 1)
        sheet.check("rate", True, "it fits", "no")
        sheet.number("rate", 2)
        assert sheet.answers["rate"].value == 2
        assert sheet.passed == [], "a new answer has not passed the check of the old one"

    @pytest.mark.parametrize(
        "hand_in",
        [
            lambda s: s.number("q", ...),
            lambda s: s.function("q", ...),
            lambda s: s.expression("q", ..., ["x"]),
            lambda s: s.text("q", ...),
            lambda s: s.text("q", " ... "),
            lambda s: s.figure("q", ...),
            lambda s: s.check("q", ..., "", ""),
        ],
    )
    def test_dots_are_no_answer_yet(self, sheet, hand_in):
        with pytest.raises(NotImplementedError, match="q: .* dots"):
            hand_in(sheet)
        assert not sheet.answers

    @pytest.mark.parametrize(
        "hand_in, error, message",
        [
            (lambda s: s.number("q", "3"), TypeError, "q must be one real number, not str: '3'"),
            (lambda s: s.number("q", [1, 2]), TypeError, "q must be one real number, not list"),
            (lambda s: s.number("q", True), TypeError, "q must be one real number, not bool"),
            (lambda s: s.number("q", 1j), TypeError, "q must be one real number, not complex"),
            (lambda s: s.number("q", sympy.Symbol("x")), TypeError, "q must be one real number, not Symbol"),
            (lambda s: s.number("q", float("nan")), ValueError, "q must be finite"),
            (
                lambda s: s.function("q", 0.5),
                TypeError,
                "must be a function, not float: 0.5: hand in the function itself",
            ),
            (lambda s: s.function("q", "f"), TypeError, "must be a function, not str"),
            (lambda s: s.function("q", float), TypeError, "must be a function, not type"),
            (lambda s: s.expression("q", "q*x", ["x"]), TypeError, "q: 'q' is not among its letters: x"),
            (
                lambda s: s.expression("q", lambda x: x, ["x"]),
                TypeError,
                "SymPy expression or text, not function",
            ),
            (lambda s: s.text("q", 3), TypeError, "must be text in quotes, not int"),
            (lambda s: s.text("q", "  "), TypeError, "must be text in quotes"),
            (lambda s: s.figure("q", [1]), TypeError, "must be a Matplotlib figure, not list"),
            (lambda s: Sheet("a", "b", 5), TypeError, "student must be text in quotes, not int: 5"),
        ],
    )
    def test_what_is_no_answer_is_refused_and_not_kept(self, sheet, hand_in, error, message):
        with pytest.raises(error, match=message):
            hand_in(sheet)
        assert not sheet.answers


class TestChecks:
    def test_one_that_holds_says_what_is_true(self, sheet, capsys):
        sheet.number("rate", 1)
        sheet.check("rate", np.bool_(True), "it converges", "smaller")
        assert capsys.readouterr().out == "✓ rate: it converges\n"

    def test_one_that_does_not_hold_gives_a_hint(self, sheet):
        sheet.number("rate", 1)
        with pytest.raises(NotYet, match="rate: not yet. Try a smaller one.") as raised:
            sheet.check("rate", False, "it converges", "Try a smaller one.")
        assert raised.value._render_traceback_() == [str(raised.value)], "a notebook shows the message alone"
        assert sheet.passed == []

    def test_one_before_the_answer_says_so(self, sheet):
        with pytest.raises(NotYet, match="rate: nothing is handed in yet"):
            sheet.check("rate", True, "", "")

    def test_one_that_is_neither_true_nor_false(self, sheet):
        sheet.number("rate", 1)
        with pytest.raises(TypeError, match="rate: a check must be true or false, not ndarray"):
            sheet.check("rate", np.array([True, True]), "", "")

    def test_summary_lists_what_is_handed_in(self, sheet, capsys):
        sheet.number("rate", 1)
        sheet.check("rate", True, "it converges", "")
        sheet.expression("slope", "x", ["x"])
        sheet.summary()
        out = capsys.readouterr().out
        assert "rate: a number, its visible check holds" in out and "slope: an expression\n" in out
