"""The figures of the book: one function a family, each draws on the Axes that it is given.

Each lesson has a module of its own here; what all share is in :mod:`~unstable_gradients.figures.style`.
A family that two lessons draw stands with the first of them.
"""

from .activations import (
    gradient_over_depth,
    histograms_by_layer,
    shares_by_update,
    singular_values,
    value_and_slope,
)
from .exploding import factor_window, gradient_fans, identity_errors, shares, spike, window_width
from .first_nan import clipped_gradients, exponent_ratios, rounding_errors, runs_to_nan, survivors
from .gradient_descent import cost_by_step, descent_on_curve, descent_on_map, sizes_by_step
from .initialization import correlation_by_layer, depth_scales, modes_by_time, phase_diagram, spectra
from .normalization import (
    correlation_by_depth,
    gradient_along_arc,
    scale_law,
    sizes_by_layer,
)
from .style import COLORS, use_style
from .the_chain import chain_diagram, errors_by_parameter, operation_counts, step_sweep
from .vanishing import deep_gradient, depths_of_death, gradient_by_layer, learning_speeds, relative_errors
from .wide_networks import (
    factors_by_width,
    network_diagram,
    speeds_by_epoch,
    speeds_by_layer,
    stretches,
)
