"""Mean field: the maps against independent integration, their fixed points, and networks of width 1000."""

import itertools

import numpy as np
import pytest
import scipy.integrate
import scipy.optimize
from hypothesis import given, settings
from hypothesis import strategies as st

from unstable_gradients import activations, initializers, mean_field, network
from unstable_gradients.activations import Activation

EVERY = list(activations.ACTIVATIONS.values())
WEIGHT_VARIANCES = (0.5, 1.76, 4.0, 25.0, 100.0)

every = pytest.mark.parametrize("activation", EVERY, ids=lambda activation: activation.name)
weight_variances = st.floats(0.1, 100)
bias_variances = st.floats(0.01, 5)


def mean(function, q):
    """Return E[function(sqrt(q) z)] by adaptive Gauss-Kronrod integration between stated points."""
    bend = 1 / np.sqrt(q)
    ends = sorted({-10.0, 0.0, 10.0, *np.clip([-30 * bend, -4 * bend, 4 * bend, 30 * bend], -10, 10)})
    density = [
        scipy.integrate.quad(
            lambda z: np.exp(-z * z / 2) * function(np.sqrt(q) * z),
            *piece,
            epsabs=1e-14,
            epsrel=1e-11,
            limit=200,
        )[0]
        for piece in zip(ends, ends[1:])
    ]
    return sum(density) / np.sqrt(2 * np.pi)


def means_of_pairs(q, c):
    """Return E[sigma(u) sigma(v)] and E[sigma'(u) sigma'(v)], shape (2, activations), by adaptive cubature.

    The integral runs over the quadrants of (u, v), with the density of the two as it stands.
    """

    def integrand(points, signs):
        x, y = (signs * points).T
        density = np.exp(-(x * x - 2 * c * x * y + y * y) / (2 * (1 - c * c)))
        u, v = np.sqrt(q) * x, np.sqrt(q) * y
        products = [f(u) * f(v) for a in EVERY for f in (a.value, a.slope)]
        return (density * products).T / (2 * np.pi * np.sqrt(1 - c * c))

    quadrants = [
        scipy.integrate.cubature(
            integrand, [0, 0], [9, 9], rule="gk21", rtol=1e-5, atol=1e-7, args=(np.array(signs),)
        )
        for signs in ((1, 1), (-1, -1), (1, -1))
    ]
    assert all(quadrant.status == "converged" for quadrant in quadrants)
    both, negative, mixed = (quadrant.estimate for quadrant in quadrants)
    return (both + negative + 2 * mixed).reshape(-1, 2).T


class TestVarianceMap:
    @every
    @pytest.mark.parametrize("q", [1e-3, 0.57, *WEIGHT_VARIANCES, 1e4, 1e8])
    def test_independent_integration(self, activation, q):
        weight_variance, bias_variance = np.array(WEIGHT_VARIANCES)[:, None], np.array([0, 0.05, 3])
        expected = weight_variance * mean(lambda u: activation.value(u) ** 2, q) + bias_variance
        got = mean_field.variance_map(q, weight_variance, bias_variance, activation)
        np.testing.assert_allclose(got, expected, rtol=1e-8)

    def test_where_gauss_hermite_fails(self):
        weight_variance = mean_field.critical_weight_variance(14, "tanh")
        q = mean_field.fixed_point_variance(weight_variance, 14, "tanh")
        assert 20 < q < 30
        z = np.linspace(-10, 10, 20_001)  # fine enough for what is smooth
        trapezoid = (
            np.exp(-z * z / 2) @ activations.TANH.slope(np.sqrt(q) * z) ** 2 * 1e-3 / np.sqrt(2 * np.pi)
        )
        assert weight_variance * trapezoid == pytest.approx(1, abs=1e-9)
        points, weights = np.polynomial.hermite_e.hermegauss(150)
        hermite = weights @ activations.TANH.slope(np.sqrt(q) * points) ** 2 / weights.sum()
        assert abs(hermite / trapezoid - 1) > 0.05

    @pytest.mark.parametrize("q", [0, 1e-19, 1e-3, 1.0, 1e6, 1e18])
    def test_closed_forms_at_any_size(self, q):
        assert mean_field.variance_map(q, 3, 0.5, "identity") == pytest.approx(3 * q + 0.5, rel=1e-13)
        assert mean_field.variance_map(q, 3, 0.5, "relu") == pytest.approx(1.5 * q + 0.5, rel=1e-13)
        leak = activations.LEAK
        expected = 1.5 * (1 + leak**2) * q + 0.5
        assert mean_field.variance_map(q, 3, 0.5, "leaky_relu") == pytest.approx(expected, rel=1e-13)

    @every
    @settings(max_examples=8)
    @given(q=st.floats(1e-6, 1e6), factor=st.floats(1.001, 10))
    def test_does_not_decrease(self, activation, q, factor):
        low, high = mean_field.variance_map([q, factor * q], 2, 0.1, activation)
        assert low < high


class TestCorrelationMap:
    @pytest.mark.parametrize(
        "q, c", [*itertools.product(WEIGHT_VARIANCES, (-0.9, 0.3, 0.95)), (1.76, 0.999), (100.0, 0.999)]
    )
    def test_independent_integration(self, q, c):
        products, slopes = means_of_pairs(q, c)
        squares = np.array([mean(lambda u, a=a: a.value(u) ** 2, q) for a in EVERY])
        for bias_variance in (0, 0.05, 3):
            variance = q * squares + bias_variance  # the weight variance is q, as for an input of variance 1
            expected = (q * products + bias_variance) / variance
            got = [mean_field.correlation_map(c, q, q, bias_variance, a) for a in EVERY]
            np.testing.assert_allclose(
                got, expected, rtol=0, atol=1e-6
            )  # 2e-8 and less were seen, with this reference
            slope = [mean_field.correlation_slope(c, q, q, bias_variance, a) for a in EVERY]
            np.testing.assert_allclose(slope, q * slopes * q / variance, rtol=1e-5, atol=1e-6)

    @given(
        c=st.floats(-1, 1),
        q=st.floats(1e-9, 1e9),
        weight_variance=weight_variances,
        bias_variance=bias_variances,
    )
    def test_relu_in_closed_form(self, c, q, weight_variance, bias_variance):
        # Y. Cho and L. K. Saul, NeurIPS (2009), the arc-cosine kernels of degree 1 and 0
        angle, variance = np.arccos(c), weight_variance * q / 2 + bias_variance
        product = q * (np.sin(angle) + (np.pi - angle) * c) / (2 * np.pi)
        expected = (weight_variance * product + bias_variance) / variance
        slope = weight_variance * (np.pi - angle) / (2 * np.pi) * q / variance
        arguments = c, q, weight_variance, bias_variance, "relu"
        assert mean_field.correlation_map(*arguments) == pytest.approx(expected, abs=2e-9)
        assert mean_field.correlation_slope(*arguments) == pytest.approx(slope, abs=4e-9)

    @given(c=st.floats(-1, 1), q=st.floats(1e-9, 1e9), weight_variance=weight_variances)
    def test_identity_in_closed_form(self, c, q, weight_variance):
        variance = weight_variance * q + 0.3
        arguments = c, q, weight_variance, 0.3, "identity"
        expected = (weight_variance * q * c + 0.3) / variance
        assert mean_field.correlation_map(*arguments) == pytest.approx(expected, abs=4e-9)
        assert mean_field.correlation_slope(*arguments) == pytest.approx(1 - 0.3 / variance, abs=4e-9)

    @every
    @settings(max_examples=8)
    @given(q=st.floats(0, 1e6), weight_variance=weight_variances, bias_variance=st.floats(0, 5))
    def test_the_same_input_stays_the_same(self, activation, q, weight_variance, bias_variance):
        assert mean_field.correlation_map(1, q, weight_variance, bias_variance, activation) == 1

    @every
    def test_a_finer_rule_changes_nothing(self, activation, monkeypatch):
        # up to variances that the reference above cannot reach in reasonable time
        c, q = (
            np.array([-1, -0.99, -0.3, 0.2, 0.7, 0.99, 1 - 1e-6]),
            np.array([1e-6, 0.1, 3, 100, 1e4, 1e6])[:, None],
        )
        values = mean_field.correlation_map(c, q, 2, 0.1, activation)
        slopes = mean_field.correlation_slope(c, q[:-1], 2, 0.1, activation)
        r, weight = mean_field._half_line(1 / 20, -3, 2.3)
        x, x_weight = mean_field._interval(1 / 30, 3.2)
        for name, value in (
            ("R", r),
            ("R_WEIGHT", weight * r * np.exp(-r * r / 2) / np.pi),
            ("X", x),
            ("X_WEIGHT", x_weight),
        ):
            monkeypatch.setattr(mean_field, name, value)
        finer = mean_field.correlation_map(c, q, 2, 0.1, activation)
        np.testing.assert_allclose(values, finer, rtol=0, atol=1e-7)
        finer = mean_field.correlation_slope(c, q[:-1], 2, 0.1, activation)
        largest = mean_field.correlation_slope(1, q[:-1], 2, 0.1, activation)
        assert np.all(np.abs(slopes - finer) < 1e-5 * largest)

    @every
    @pytest.mark.parametrize("q", [1e-3, 1.0, 25.0])
    def test_opposite_inputs(self, activation, q):
        expected = 2 * mean(lambda u: activation.value(u) * activation.value(-u), q) + 0.1
        expected /= 2 * mean(lambda u: activation.value(u) ** 2, q) + 0.1
        assert mean_field.correlation_map(-1, q, 2, 0.1, activation) == pytest.approx(expected, abs=1e-8)

    @every
    @settings(max_examples=8)
    @given(c=st.floats(0, 1), d=st.floats(0, 1), q=st.floats(0.01, 100), bias_variance=st.floats(0, 5))
    def test_increases_and_is_convex_between_0_and_1(self, activation, c, d, q, bias_variance):
        # it is a power series in c whose coefficients are squares
        low, high = min(c, d), max(c, d)
        at_low, at_middle, at_high = mean_field.correlation_map(
            [low, (low + high) / 2, high], q, 2, bias_variance, activation
        )
        assert 0 <= at_low + 1e-8 and at_low <= at_high + 1e-8 and at_high <= 1
        assert at_middle <= (at_low + at_high) / 2 + 1e-8

    @every
    def test_slope_is_the_derivative(self, activation):
        c, step = np.array([-0.8, -0.1, 0.35, 0.7, 0.95]), 1e-3
        points = c + step * np.array([[-2], [-1], [1], [2]])
        values = mean_field.correlation_map(points, 2.3, 1.7, 0.2, activation)
        difference = np.array([1, -8, 8, -1]) @ values / (12 * step)
        slope = mean_field.correlation_slope(c, 2.3, 1.7, 0.2, activation)
        np.testing.assert_allclose(slope, difference, rtol=0, atol=1e-6)

    def test_small_variances_are_the_limit(self):
        c = np.array([-0.9, -0.2, 0.4, 0.99])
        np.testing.assert_allclose(mean_field.correlation_map(c, 0, 0.7, 0, "tanh"), c, atol=1e-8)
        angle = np.arccos(c)
        expected = (np.sin(angle) + (np.pi - angle) * c) / np.pi
        np.testing.assert_allclose(mean_field.correlation_map(c, 0, 0.7, 0, "relu"), expected, atol=1e-8)
        np.testing.assert_allclose(mean_field.correlation_slope(c, 0, 0.7, 0, "tanh"), 1, atol=1e-8)
        np.testing.assert_array_equal(mean_field.correlation_map(c, 0, 0.7, 0, "sigmoid"), 1)
        np.testing.assert_array_equal(mean_field.correlation_map(c, 0, 0.7, 0.1, "tanh"), 1)

    def test_a_layer_of_zeros_has_no_correlation(self):
        assert np.isnan(mean_field.correlation_map(0.3, 1, 0, 0, "tanh"))
        assert np.isnan(mean_field.correlation_slope(0.3, 1, 0, 0, "tanh"))


class TestFixedPointVariance:
    @every
    @settings(max_examples=8)
    @given(weight_variance=weight_variances, bias_variance=bias_variances)
    def test_is_fixed_and_stable(self, activation, weight_variance, bias_variance):
        q = mean_field.fixed_point_variance(weight_variance, bias_variance, activation)
        if np.isfinite(q):
            near = mean_field.variance_map(
                q * np.array([0.999, 1, 1.001]), weight_variance, bias_variance, activation
            )
            assert near[1] == pytest.approx(q, rel=1e-9)
            assert near[0] > 0.999 * q and near[2] < 1.001 * q
        else:
            large = 1e15 * max(bias_variance, 1)
            assert mean_field.variance_map(large, weight_variance, bias_variance, activation) > large * (
                1 - 1e-9
            )

    @every
    @pytest.mark.parametrize(
        "weight_variance, bias_variance", [(0.6, 0), (1.3, 0.05), (1.9, 0.3), (2.4, 0.02), (30, 2)]
    )
    def test_is_where_the_iteration_leads_from_one(self, activation, weight_variance, bias_variance):
        q = 1.0
        for _ in range(500):
            before, q = q, mean_field.variance_map(q, weight_variance, bias_variance, activation)
            if q > 1e12:
                q = np.inf
            if q in (before, np.inf):
                break
        got = mean_field.fixed_point_variance(weight_variance, bias_variance, activation)
        assert got == pytest.approx(q, rel=1e-8, abs=1e-8)

    def test_tanh(self):
        q = mean_field.fixed_point_variance(1.76095464, 0.05, "tanh")
        assert q == pytest.approx(0.570048, abs=5e-7)

    @given(weight_variance=st.floats(0, 1.999), bias_variance=bias_variances)
    def test_relu_in_closed_form(self, weight_variance, bias_variance):
        q = mean_field.fixed_point_variance(weight_variance, bias_variance, "relu")
        assert q == pytest.approx(bias_variance / (1 - weight_variance / 2), rel=1e-9)

    @pytest.mark.parametrize(
        "weight_variance, bias_variance, activation, expected",
        [
            (2, 0, "relu", 1),  # keeps every variance, 1 as well
            (1, 0, "identity", 1),
            (2, 0.05, "relu", np.inf),
            (2.1, 0, "relu", np.inf),
            (2.1, 0.05, "leaky_relu", np.inf),
            (1.9, 0, "relu", 0),
            (1, 0, "tanh", 0),
            (0.3, 0, "tanh", 0),
            (0, 0, "selu", 0),
            (0, 0.7, "selu", 0.7),
        ],
    )
    def test_zero_infinite_and_undecided(self, weight_variance, bias_variance, activation, expected):
        assert mean_field.fixed_point_variance(weight_variance, bias_variance, activation) == pytest.approx(
            expected
        )

    def test_selu_keeps_mean_0_and_variance_1(self):
        assert mean_field.fixed_point_variance(1, 0, "selu") == pytest.approx(1, abs=1e-10)
        assert mean(activations.SELU.value, 1.0) == pytest.approx(0, abs=1e-10)

    def test_of_several_the_next_from_one(self):
        # For GELU, V(q) / q grows from 1/4 to 1/2 of the weight variance: between them 0 and infinity are
        # stable, and a fixed point between is not. It passes 1 when the weight variance is 1 / E[gelu^2].
        borderline = 1 / mean(lambda u: activations.GELU.value(u) ** 2, 1.0)
        below, above = mean_field.fixed_point_variance(borderline * np.array([0.999, 1.001]), 0, "gelu")
        assert (below, above) == (0, np.inf)
        # With biases the lower one is not 0. The iteration from 1 comes down to it; the upper stays out of reach.
        q = mean_field.fixed_point_variance(2.2, 0.02, "gelu")
        roots = [
            scipy.optimize.brentq(lambda q: mean_field.variance_map(q, 2.2, 0.02, "gelu") - q, *ends)
            for ends in ((1e-3, 0.5), (0.5, 10))
        ]
        assert 0.02 < roots[0] < 1 < roots[1]
        assert q == pytest.approx(roots[0], rel=1e-8)


class TestChi:
    @every
    @pytest.mark.parametrize("weight_variance", [0.9, 1.9])
    def test_independent_integration(self, activation, weight_variance):
        q = min(mean_field.fixed_point_variance(weight_variance, 0.4, activation), 1e20)
        expected = weight_variance * mean(lambda u: activation.slope(u) ** 2, q)
        assert mean_field.chi(weight_variance, 0.4, activation) == pytest.approx(expected, rel=1e-8)

    @every
    @settings(max_examples=8)
    @given(weight_variance=weight_variances, bias_variance=bias_variances)
    def test_is_the_slope_of_the_correlation_map_at_one(self, activation, weight_variance, bias_variance):
        q = mean_field.fixed_point_variance(weight_variance, bias_variance, activation)
        if np.isfinite(q) and q < 1e4:
            slope = mean_field.correlation_slope(1, q, weight_variance, bias_variance, activation)
            assert mean_field.chi(weight_variance, bias_variance, activation) == pytest.approx(
                slope, rel=1e-6
            )

    def test_at_fixed_points_zero_and_infinity(self):
        assert mean_field.chi(0.7, 0, "tanh") == pytest.approx(0.7, rel=1e-13)
        assert mean_field.chi(3.0, 0.1, "relu") == pytest.approx(1.5, rel=1e-13)
        assert mean_field.chi(3.0, 0.1, "softplus") == pytest.approx(1.5, rel=1e-9)
        alpha, scale = activations.SELU_ALPHA, activations.SELU_SCALE
        expected = 0.4 * scale**2 * (1 + alpha**2) / 2
        assert mean_field.chi(0.4, 0, "selu") == pytest.approx(expected, rel=1e-9)


class TestCriticalWeightVariance:
    def test_tanh(self):
        assert mean_field.critical_weight_variance(0.05, "tanh") == pytest.approx(1.76095464, abs=1e-8)
        assert mean_field.critical_weight_variance(0, "tanh") == pytest.approx(1, abs=1e-8)

    @pytest.mark.parametrize("activation", ["tanh", "sigmoid", "elu", "selu"])
    @pytest.mark.parametrize("bias_variance", [0.05, 0.8, 4.0])
    def test_independently(self, activation, bias_variance):
        # chi_1 = 1 and V(q) = q together leave one equation for q, with no weight variance in it
        a = activations.get(activation)

        def excess(q):
            moment, slope = (mean(lambda u, f=f: f(u) ** 2, q) for f in (a.value, a.slope))
            return q - bias_variance - moment / slope

        q = scipy.optimize.brentq(excess, bias_variance, 1000, xtol=1e-9)
        expected = 1 / mean(lambda u: a.slope(u) ** 2, q)
        assert mean_field.critical_weight_variance(bias_variance, activation) == pytest.approx(
            expected, rel=1e-7
        )

    @pytest.mark.parametrize("bias_variance", [0, 0.05, 2.0])
    def test_closed_forms(self, bias_variance):
        leaky = 2 / (1 + activations.LEAK**2)
        for activation, expected in (("identity", 1), ("relu", 2), ("leaky_relu", leaky)):
            got = mean_field.critical_weight_variance(bias_variance, activation)
            assert got == pytest.approx(expected, abs=1e-9), activation

    @every
    @settings(max_examples=8)
    @given(bias_variance=bias_variances)
    def test_is_the_first_place_with_chi_above_one(self, activation, bias_variance):
        critical = mean_field.critical_weight_variance(bias_variance, activation)
        below = critical * np.append(np.linspace(0.01, 1, 50, endpoint=False), 1 - 1e-7)
        assert np.all(mean_field.chi(below, bias_variance, activation) < 1)
        # SELU's chi_1 leaves 1 by so little that 1e-7 would not do
        assert mean_field.chi(critical * 1.001, bias_variance, activation) >= 1 - 1e-9

    def test_an_array_is_its_entries(self):
        bias_variances = [0, 0.3, 5, 900]  # in different powers of 2
        for activation in ("tanh", "gelu"):
            got = mean_field.critical_weight_variance(bias_variances, activation)
            entries = [mean_field.critical_weight_variance(b, activation) for b in bias_variances]
            np.testing.assert_allclose(got, entries, rtol=1e-12)

    def test_jumps_with_the_variance(self):
        expected = 1 / mean(lambda u: activations.GELU.value(u) ** 2, 1.0)
        assert mean_field.critical_weight_variance(0, "gelu") == pytest.approx(expected, rel=1e-9)

    def test_never(self):
        flat = Activation("flat", lambda z: 0 * z + 1, lambda z: 0 * z, largest_slope=1.0)
        assert mean_field.critical_weight_variance(0.1, flat) == np.inf


class TestFixedPointCorrelation:
    @every
    @settings(max_examples=8)
    @given(weight_variance=weight_variances, bias_variance=bias_variances)
    def test_is_fixed_and_one_only_in_order(self, activation, weight_variance, bias_variance):
        arguments = weight_variance, bias_variance, activation
        c, q = mean_field.fixed_point_correlation(*arguments), mean_field.fixed_point_variance(*arguments)
        chi = mean_field.chi(*arguments)
        if np.isinf(q):
            assert np.isnan(c)
        elif chi <= 1:
            assert c == 1
        else:
            assert 0 <= c <= 1 and (c < 1 or chi < 1 + 1e-6)
            assert mean_field.correlation_map(c, q, *arguments) == pytest.approx(c, abs=1e-9)

    @pytest.mark.parametrize("weight_variance", [1.2, 2.5, 20.0])
    def test_is_where_the_iteration_leads(self, weight_variance):
        c, q = np.array([-0.95, 0.1, 0.999]), mean_field.fixed_point_variance(weight_variance, 0.1, "tanh")
        for _ in range(400):
            c = mean_field.correlation_map(c, q, weight_variance, 0.1, "tanh")
        expected = mean_field.fixed_point_correlation(weight_variance, 0.1, "tanh")
        np.testing.assert_allclose(c, expected, rtol=0, atol=1e-8)

    def test_odd_and_without_biases_inputs_become_orthogonal(self):
        c = mean_field.fixed_point_correlation([1.1, 1.5, 3, 50], 0, "tanh")
        assert np.all((c >= 0) & (c < 1e-6))

    def test_near_the_edge_it_nears_one(self):
        critical = mean_field.critical_weight_variance(0.05, "tanh")
        c = mean_field.fixed_point_correlation(
            critical * (1 + np.array([1e-2, 1e-3, 1e-4, 1e-5])), 0.05, "tanh"
        )
        # (1 - C(c)) / (1 - c) = chi_1 - C''(1) (1 - c) / 2: linear in the distance from the edge
        np.testing.assert_allclose((1 - c[1:]) / (1 - c[:-1]), 0.1, rtol=0.05)


class TestDepths:
    @pytest.mark.parametrize(
        "weight_variance, bias_variance, activation",
        [
            (1.2, 0.05, "tanh"),
            (2.5, 0.05, "tanh"),
            (1.5, 0.3, "relu"),
            (1.3, 0.2, "selu"),
            (60, 1, "sigmoid"),
            (300, 1, "sigmoid"),
        ],
    )
    def test_consistent_with_iterating_the_maps(self, weight_variance, bias_variance, activation):
        arguments = weight_variance, bias_variance, activation
        q, c = mean_field.fixed_point_variance(*arguments), mean_field.fixed_point_correlation(*arguments)
        start = c - 1e-3
        factor = (c - mean_field.correlation_map(start, q, *arguments)) / 1e-3
        tolerance = 0.03 if activation in ("relu", "selu") else 5e-3  # there 1 - C has a term (1 - c)^(3/2)
        assert np.exp(-1 / mean_field.correlation_depth(*arguments)) == pytest.approx(factor, rel=tolerance)
        ratio = (
            mean_field.variance_map(q * 1.001, *arguments) - mean_field.variance_map(q * 0.999, *arguments)
        ) / (0.002 * q)
        assert np.exp(-1 / mean_field.variance_depth(*arguments)) == pytest.approx(ratio, rel=1e-5)

    def test_infinite_at_the_edge_and_largest_near_it(self):
        assert mean_field.correlation_depth(2, 0, "relu") == np.inf
        assert mean_field.correlation_depth(1, 0, "tanh") == np.inf
        critical = mean_field.critical_weight_variance(0.05, "tanh")
        depth = mean_field.correlation_depth(
            critical * np.array([0.9, 0.99, 0.999, 1.001, 1.01, 1.1]), 0.05, "tanh"
        )
        assert np.all(np.diff(depth[:3]) > 0) and np.all(np.diff(depth[3:]) < 0) and depth[2] > 500

    @every
    @settings(max_examples=8)
    @given(weight_variance=weight_variances, bias_variance=bias_variances)
    def test_in_order_it_comes_from_chi(self, activation, weight_variance, bias_variance):
        arguments = weight_variance, bias_variance, activation
        chi, depth = mean_field.chi(*arguments), mean_field.correlation_depth(*arguments)
        if np.isinf(mean_field.fixed_point_variance(*arguments)):
            assert np.isnan(depth) and np.isnan(mean_field.variance_depth(*arguments))
        elif chi < 1:
            assert depth == pytest.approx(-1 / np.log(chi))
        else:
            assert depth > 0

    def test_without_weights_nothing_is_passed_on(self):
        assert mean_field.correlation_depth(0, 0.3, "tanh") == 0
        assert mean_field.variance_depth(0, 0.3, "tanh") == 0


class TestShapes:
    @pytest.mark.parametrize(
        "function",
        [
            mean_field.fixed_point_variance,
            mean_field.chi,
            mean_field.fixed_point_correlation,
            mean_field.correlation_depth,
            mean_field.variance_depth,
        ],
    )
    def test_a_plane_is_its_points(self, function):
        w, b = np.linspace(0.5, 4, 13), np.linspace(0, 2, 11)[:, None]  # 143 points: more than one part
        plane = function(w, b, "tanh")
        assert plane.shape == (11, 13)
        for i, k in ((0, 0), (0, 12), (5, 3), (10, 12)):
            assert plane[i, k] == pytest.approx(function(w[k], b[i, 0], "tanh"), rel=1e-9, abs=1e-9)
        assert function([], 1, "tanh").shape == (0,)
        assert np.isscalar(function(1.3, 0.1, activations.TANH))

    def test_maps_broadcast(self):
        c, q = np.linspace(-1, 1, 7), np.array([[0.5], [3]])
        assert mean_field.correlation_map(c, q, 2, 0.1, "relu").shape == (2, 7)
        assert mean_field.correlation_slope(c, q, 2, 0.1, "relu").shape == (2, 7)
        assert mean_field.variance_map(q, 2, [0.1, 0.2], "relu").shape == (2, 2)
        got = mean_field.variance_map(
            q=1, weight_variance=2, bias_variance=np.float32(0.5), activation="relu"
        )
        assert got == pytest.approx(1.5, rel=1e-13)

    def test_arguments_are_not_changed(self):
        q = np.array([0.0, 2.0])
        mean_field.correlation_map(0.5, q, 2, 0.1, "relu")
        assert q.tolist() == [0, 2]


class TestBadInput:
    @pytest.mark.parametrize("value", ["1", None, True, [1, True], 1j, [1j], object(), [[1, 2], [3]], {}])
    @pytest.mark.parametrize("name", ["c", "q", "weight_variance", "bias_variance"])
    def test_no_real_number(self, name, value):
        arguments = dict(c=0.5, q=1, weight_variance=2, bias_variance=0.1)
        with pytest.raises(TypeError, match=f"^{name} must be a real number or an array of them, not "):
            mean_field.correlation_map(**(arguments | {name: value}), activation="tanh")

    @pytest.mark.parametrize(
        "name, value, expected",
        [
            ("c", 1.0000001, "from -1 to 1"),
            ("c", [0, -2], "from -1 to 1"),
            ("c", np.nan, "from -1 to 1"),
            ("q", -1e-9, "from 0 to 1.8e"),
            ("q", np.inf, "from 0 to 1.8e"),
            ("weight_variance", -1, "from 0 to 1.8e"),
            ("weight_variance", np.nan, "from 0 to 1.8e"),
            ("bias_variance", [0.1, -0.1], "from 0 to 1.8e"),
        ],
    )
    def test_out_of_range(self, name, value, expected):
        arguments = dict(c=0.5, q=1, weight_variance=2, bias_variance=0.1)
        for function in (mean_field.correlation_map, mean_field.correlation_slope):
            with pytest.raises(ValueError, match=f"^{name} must be {expected}"):
                function(**(arguments | {name: value}), activation="tanh")

    @pytest.mark.parametrize(
        "function, arguments",
        [
            (mean_field.variance_map, (1, 1, -1)),
            (mean_field.fixed_point_variance, (1, -1)),
            (mean_field.chi, (1, -1)),
            (mean_field.critical_weight_variance, (-1,)),
            (mean_field.fixed_point_correlation, (1, -1)),
            (mean_field.correlation_depth, (1, -1)),
            (mean_field.variance_depth, (1, -1)),
        ],
    )
    def test_every_function_checks(self, function, arguments):
        with pytest.raises(ValueError, match="^bias_variance must be from 0"):
            function(*arguments, "tanh")
        with pytest.raises(ValueError, match="activation 'tan' is not known"):
            function(*np.abs(arguments), "tan")
        with pytest.raises(TypeError, match="activation must be a name or an Activation"):
            function(*np.abs(arguments), np.tanh)
        with pytest.raises(TypeError, match="argument"):
            function(*np.abs(arguments))

    def test_shapes(self):
        with pytest.raises(ValueError, match=r"must broadcast; their shapes are \[\(2,\), \(3,\)\]"):
            mean_field.chi([1, 2], [1, 2, 3], "tanh")

    def test_kink_elsewhere(self):
        hard = Activation(
            "hard", lambda z: np.clip(z, -1, 1), lambda z: 1.0 * (abs(z) < 1), 1.0, kinks=(-1.0, 1.0)
        )
        with pytest.raises(ValueError, match=r"no kink but at 0; 'hard' has \(-1.0, 1.0\)"):
            mean_field.chi(1, 1, hard)


# --- Networks


@pytest.mark.slow
def test_gradients_of_wide_networks(layers=40, width=1000, inputs=8, seeds=4):
    """One layer multiplies the squared norm of delta by chi_1, within 1 % for the mean over all layers.

    The error at the output is drawn at random: one that contains the output, as a - y does, has gone
    through the same weights forward, and the theory's gradient is independent of them.
    """
    on_both_sides = [
        (1.0, 0.05, "tanh"),
        (1.5, 0.3, "relu"),
        (1.76095464, 0.05, "tanh"),
        (1.0, 0.0, "selu"),
        (4.0, 0.5, "tanh"),
    ]
    ratios = {setting: [] for setting in on_both_sides}
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        weights = initializers.weights("lecun_normal", [width] * (layers + 2), rng)
        biases, x, errors = (rng.standard_normal((n, width)) for n in (layers + 1, inputs, inputs))
        x /= np.sqrt(np.mean(x**2, axis=1, keepdims=True))
        for weight_variance, bias_variance, activation in on_both_sides:
            q = mean_field.fixed_point_variance(weight_variance, bias_variance, activation)
            net = network.Network(
                [np.sqrt(weight_variance) * w for w in weights],
                list(np.sqrt(bias_variance) * biases),
                activation,
                output="identity",
            )
            trace = network.forward(net, x * np.sqrt((q - bias_variance) / weight_variance))
            g = network.backward(trace, trace.a[-1] - errors)
            squares = np.sum(np.square(g.deltas), axis=-1)
            ratios[weight_variance, bias_variance, activation].append(squares[:-1] / squares[1:])
    for setting, values in ratios.items():
        chi, mean_ratio, scatter = mean_field.chi(*setting), np.mean(values), np.std(values) / np.mean(values)
        print(
            f"\n{setting}: chi_1 {chi:.4f}, mean {mean_ratio:.4f} ({mean_ratio / chi - 1:+.2%}), "
            f"scatter of a layer {scatter:.1%}, standard error {scatter / np.sqrt(np.size(values)):.2%}",
            end="",
        )
        assert mean_ratio == pytest.approx(chi, rel=0.01), setting
        assert 0.03 < scatter < 0.1, setting
