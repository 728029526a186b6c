"""The mathematics starts fast: NumPy alone."""

import subprocess
import sys

HEAVY = {"sympy", "matplotlib", "mpmath", "IPython"}


def loaded_by(statement):
    """Return which of the heavy libraries a fresh Python loads for a statement."""
    script = f"import sys\n{statement}\nprint(*{HEAVY!r} & set(sys.modules))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


NUMBERS = """activations chain checks claims costs datasets descent elementary glue gradcheck initializers network
scaled sweep""".split()


def test_the_modules_of_numbers_load_numpy_alone():
    assert loaded_by(f"from unstable_gradients import {', '.join(NUMBERS)}") == set()


def test_computing_gradients_loads_nothing_more():
    assert loaded_by("from unstable_gradients import chain; chain.gradients(0.3, 0.2, [0.7], [0.4])") == set()


def test_training_a_network_loads_nothing_more():
    statement = """from unstable_gradients import descent, network
net = network.Network([[[0.7]], [[0.4]]], activation="gelu")
descent.train(net, [[0.3]], [[0.2]], 0.1, 2)"""
    assert loaded_by(statement) == set()


def test_the_symbols_load_sympy():
    """That the tests above can fail."""
    assert "sympy" in loaded_by("from unstable_gradients import symbolic")
