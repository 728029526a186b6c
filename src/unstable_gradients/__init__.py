"""The mathematics behind the executable book *The Unstable Gradient*.

Each module is one idea: :mod:`~unstable_gradients.chain` is the place to start. Importing the
package itself loads NumPy alone; SymPy and Matplotlib are loaded by the modules that use them.
"""

__version__ = "0.1.0"
