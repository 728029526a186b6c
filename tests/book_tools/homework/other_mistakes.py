"""Wrong answers by someone who did not write the assignments and had only the notebooks of the students.

``MISTAKES`` holds, for each assignment and each question that a machine marks, cells as a student might
hand them in. Each takes the place of the cell that answers the question, and is wrong for the reason
that stands above it.
"""

DESCENT = {
    "gradient": [
        # the sum over the examples, not the mean
        """
def gradient(theta, inputs, targets, mu):
    error = inputs @ theta - targets
    return inputs.T @ error + mu * theta


sheet.function("gradient", gradient)
""",
        # the weight decay is divided by m as well
        """
def gradient(theta, inputs, targets, mu):
    error = inputs @ theta - targets
    return (inputs.T @ error + mu * theta) / len(targets)


sheet.function("gradient", gradient)
""",
        # the bars stay in the derivative of |theta|^2 / 2
        """
def gradient(theta, inputs, targets, mu):
    error = inputs @ theta - targets
    return inputs.T @ error / len(error) + mu * np.abs(theta)


sheet.function("gradient", gradient)
""",
        # five examples, as in the student's own numbers
        """
def gradient(theta, inputs, targets, mu):
    error = inputs @ theta - targets
    return inputs.T @ error / 5 + mu * theta


sheet.function("gradient", gradient)
""",
        # divided by the number of parameters
        """
def gradient(theta, inputs, targets, mu):
    error = inputs @ theta - targets
    return inputs.T @ error / len(theta) + mu * theta


sheet.function("gradient", gradient)
""",
        # no weight decay
        """
def gradient(theta, inputs, targets, mu):
    error = inputs @ theta - targets
    return np.mean(error[:, np.newaxis] * inputs, axis=0)


sheet.function("gradient", gradient)
""",
    ],
    "edge": [
        # the curvature of the weight decay is forgotten
        """
largest = (h11 + h22) / 2 + sympy.sqrt((h11 - h22) ** 2 / 4 + h12**2)
edge = 2 / largest
formula = sheet.expression("edge", edge, letters)
""",
        # the rate that is best along the steepest direction, which is half of the edge
        """
largest = (h11 + h22 + sympy.sqrt((h11 - h22) ** 2 + 4 * h12**2)) / 2
edge = 1 / (largest + mu)
formula = sheet.expression("edge", edge, letters)
""",
        # the flattest direction instead of the steepest
        """
eigenvalue = (h11 + h22 - sympy.sqrt((h11 - h22) ** 2 + 4 * h12**2)) / 2
edge = 2 / (eigenvalue + mu)
formula = sheet.expression("edge", edge, letters)
""",
        # the trace: it is safe, but not the edge
        """
edge = 2 / (h11 + h22 + 2 * mu)
formula = sheet.expression("edge", edge, letters)
""",
        # the student's own mu instead of the letter
        """
hessian = sympy.Matrix([[h11 + my_mu, h12], [h12, h22 + my_mu]])
edge = 2 / max(hessian.eigenvals(), key=lambda value: value.subs({h11: 2, h12: 1, h22: 1}))
formula = sheet.expression("edge", edge, letters)
""",
        # the 4 in the discriminant is forgotten
        """
largest = (h11 + h22 + sympy.sqrt((h11 - h22) ** 2 + h12**2)) / 2
edge = 2 / (largest + mu)
formula = sheet.expression("edge", edge, letters)
""",
        # the weight decay differentiated without its half: twice its curvature
        """
a, b = h11 + 2 * mu, h22 + 2 * mu
edge = 4 / (a + b + sympy.sqrt((a - b) ** 2 + 4 * h12**2))
formula = sheet.expression("edge", edge, letters)
""",
    ],
    "steps": [
        # rounded down
        """
steps = int(np.log(1e-6) / np.log(np.max(abs(1 - my_eta * curvatures))))
sheet.number("steps", steps)
""",
        # not a whole number
        """
steps = np.log(1e-6) / np.log(1 - my_eta * curvatures[0])
sheet.number("steps", steps)
""",
        # gradient flow instead of steps
        """
steps = np.ceil(np.log(1e6) / (my_eta * curvatures.min()))
sheet.number("steps", steps)
""",
        # the flattest direction, as if it were the slowest with every rate
        """
steps = int(np.ceil(np.log(1e-6) / np.log(1 - my_eta * curvatures[0])))
sheet.number("steps", steps)
""",
        # until the cost, not the error, is down to a millionth
        """
def the_cost(error):
    return np.sum(curvatures * error**2) / 2, curvatures * error


costs = descend(the_cost, np.ones(3), my_eta, 20_000).costs
steps = int(np.argmax(costs <= 1e-6 * costs[0]))
sheet.number("steps", steps)
""",
        # the length of the error, not the error along every eigenvector
        """
error, steps = np.ones(3), 0
while np.linalg.norm(error) > 1e-6 * np.sqrt(3):
    error = (1 - my_eta * curvatures) * error
    steps += 1
sheet.number("steps", steps)
""",
        # counts the start as a step
        """
error, visited = np.ones(3), [np.ones(3)]
while np.max(np.abs(visited[-1])) > 1e-6:
    visited.append(visited[-1] * (1 - my_eta * curvatures))
steps = len(visited)
sheet.number("steps", steps)
""",
    ],
    "escape": [
        # gradient flow instead of steps
        """
escape = sympy.log(r / d) / (eta * x * y)
formula = sheet.expression("escape", escape, letters)
""",
        # x and y as in the lesson
        """
escape = sympy.log(r / d) / sympy.log(1 + eta)
formula = sheet.expression("escape", escape, letters)
""",
        # the factor of the direction that shrinks
        """
escape = sympy.log(r / d) / sympy.log(1 - eta * x * y)
formula = sheet.expression("escape", escape, letters)
""",
        # the distance taken for a coordinate at the start, but not at the end
        """
escape = sympy.log(sympy.sqrt(2) * r / d) / sympy.log(1 + eta * x * y)
formula = sheet.expression("escape", escape, letters)
""",
        # the input once too often
        """
escape = sympy.log(r / d, 1 + eta * x**2 * y)
formula = sheet.expression("escape", escape, letters)
""",
        # the cost taken without its half
        """
escape = sympy.log(r / d) / sympy.log(1 + 2 * eta * x * y)
formula = sheet.expression("escape", escape, letters)
""",
        # how much it grows, instead of by which factor
        """
escape = sympy.log(r - d) / sympy.log(1 + eta * x * y)
formula = sheet.expression("escape", escape, letters)
""",
    ],
}

CHAIN_RULE = {
    "slope": [
        # 1 - sigma(45) is 0 in floats
        """
def slope(z):
    return sigma(z) * (1 - sigma(z))


sheet.function("slope", slope)
""",
        # cut off so that exp cannot overflow, but too early for z = 45
        """
def slope(z):
    e = np.exp(-np.clip(z, -30, 30))
    return e / (1 + e) ** 2


sheet.function("slope", slope)
""",
        # the square of the denominator is forgotten
        """
def slope(z):
    return np.exp(-z) / (1 + np.exp(-z))


sheet.function("slope", slope)
""",
        # the minus of the inner derivative, without that of the quotient rule
        """
def slope(z):
    e = np.exp(-z)
    return -e / (1 + e) ** 2


sheet.function("slope", slope)
""",
        # cosh of z instead of z / 2
        """
def slope(z):
    return 1 / (4 * np.cosh(z) ** 2)


sheet.function("slope", slope)
""",
        # the slope of tanh
        """
def slope(z):
    return 1 / np.cosh(z) ** 2


sheet.function("slope", slope)
""",
        # the slope as a function of the activation, but given z
        """
def slope(z):
    return z * (1 - z)


sheet.function("slope", slope)
""",
    ],
    "deltas": [
        # the weight of the layer in front
        """
def deltas(slopes, weights, output_error):
    gradients = np.zeros(4)
    error = output_error
    for l in (3, 2, 1, 0):
        gradients[l] = error * slopes[l]
        error = gradients[l] * weights[l - 1]
    return gradients


sheet.function("deltas", deltas)
""",
        # each error only knows its own slope
        """
def deltas(slopes, weights, output_error):
    gradients = np.zeros(4)
    error = output_error
    for l in (3, 2, 1, 0):
        gradients[l] = error * slopes[l]
        error = error * weights[l]
    return gradients


sheet.function("deltas", deltas)
""",
        # the weight of the own layer is already in the gradient of its bias
        """
def deltas(slopes, weights, output_error):
    gradients = np.zeros(4)
    error = output_error
    for l in (3, 2, 1, 0):
        gradients[l] = error * weights[l] * slopes[l]
        error = gradients[l]
    return gradients


sheet.function("deltas", deltas)
""",
        # from the front to the back
        """
def deltas(slopes, weights, output_error):
    gradients = np.zeros(4)
    error = output_error
    for l in (0, 1, 2, 3):
        gradients[l] = error * slopes[l]
        error = weights[l] * gradients[l]
    return gradients


sheet.function("deltas", deltas)
""",
        # the slopes are taken for activations
        """
def deltas(slopes, weights, output_error):
    gradients = np.zeros(4)
    error = output_error
    for l in (3, 2, 1, 0):
        gradients[l] = error * slopes[l] * (1 - slopes[l])
        error = gradients[l] * weights[l]
    return gradients


sheet.function("deltas", deltas)
""",
        # every layer starts again from the error of the output
        """
def deltas(slopes, weights, output_error):
    gradients = np.zeros(4)
    error = output_error
    for l in (3, 2, 1, 0):
        gradients[l] = error * slopes[l]
        error = output_error * weights[l] * slopes[l]
    return gradients


sheet.function("deltas", deltas)
""",
    ],
    "dC_db1": [
        # target minus output
        """
dC_db1 = (y - a4) * a4 * (1 - a4) * w4 * a3 * (1 - a3) * w3 * a2 * (1 - a2) * w2 * a1 * (1 - a1)
formula = sheet.expression("dC_db1", dC_db1, letters)
""",
        # the weight of the first layer too
        """
dC_db1 = a4 - y
for w, z in ((w4, z4), (w3, z3), (w2, z2), (w1, z1)):
    dC_db1 *= w * S(z) * (1 - S(z))
formula = sheet.expression("dC_db1", dC_db1, letters)
""",
        # the gradient of the first weight
        """
dC_db1 = x * (a4 - y) * w2 * w3 * w4
for z in (z1, z2, z3, z4):
    dC_db1 *= sympy.exp(-z) / (1 + sympy.exp(-z)) ** 2
formula = sheet.expression("dC_db1", dC_db1, letters)
""",
        # the slope of the output is forgotten
        """
dC_db1 = (a4 - y) * w4 * a3 * (1 - a3) * w3 * a2 * (1 - a2) * w2 * a1 * (1 - a1)
formula = sheet.expression("dC_db1", dC_db1, letters)
""",
        # the weights are off by one layer
        """
slopes = [a * (1 - a) for a in (a1, a2, a3, a4)]
dC_db1 = (a4 - y) * sympy.prod(slopes) * w1 * w2 * w3
formula = sheet.expression("dC_db1", dC_db1, letters)
""",
        # the student's own y instead of the letter
        """
dC_db1 = (a4 - my_y) * a4 * (1 - a4) * w4 * a3 * (1 - a3) * w3 * a2 * (1 - a2) * w2 * a1 * (1 - a1)
formula = sheet.expression("dC_db1", dC_db1, letters)
""",
        # the cost instead of its derivative
        """
dC_db1 = (a4 - y) ** 2 / 2 * w2 * w3 * w4
for a in (a1, a2, a3, a4):
    dC_db1 *= a * (1 - a)
formula = sheet.expression("dC_db1", dC_db1, letters)
""",
        # the slope of the logistic function at a, not at z
        """
dC_db1 = (a4 - y) * w2 * w3 * w4
for a in (a1, a2, a3, a4):
    dC_db1 *= S(a) * (1 - S(a))
formula = sheet.expression("dC_db1", dC_db1, letters)
""",
    ],
    "dC_dw3": [
        # the activation of the own layer
        """
dC_dw3 = (a4 - y) * a4 * (1 - a4) * w4 * a3 * (1 - a3) * a3
formula = sheet.expression("dC_dw3", dC_dw3, letters)
""",
        # the gradient of the bias
        """
dC_dw3 = (a4 - y) * a4 * (1 - a4) * w4 * a3 * (1 - a3)
formula = sheet.expression("dC_dw3", dC_dw3, letters)
""",
        # what comes in is taken before its activation
        """
dC_dw3 = (a4 - y) * a4 * (1 - a4) * w4 * a3 * (1 - a3) * z2
formula = sheet.expression("dC_dw3", dC_dw3, letters)
""",
        # the own weight stays as a factor
        """
dC_dw3 = (a4 - y) * a4 * (1 - a4) * w4 * a3 * (1 - a3) * w3 * a2
formula = sheet.expression("dC_dw3", dC_dw3, letters)
""",
        # the weight itself instead of that of the layer behind
        """
dC_dw3 = (a4 - y) * S(z4) * (1 - S(z4)) * w3 * S(z3) * (1 - S(z3)) * a2
formula = sheet.expression("dC_dw3", dC_dw3, letters)
""",
        # counts layers from 0: the gradient of the last weight
        """
dC_dw3 = (a4 - y) * a4 * (1 - a4) * a3
formula = sheet.expression("dC_dw3", dC_dw3, letters)
""",
    ],
    "ratio": [
        # upside down
        """
ratio = 16 / abs(weights[1] * weights[2])
sheet.number("ratio", ratio)
""",
        # only one layer apart
        """
ratio = abs(weights[2]) / 4
sheet.number("ratio", ratio)
""",
        # Python counts from 0: the second layer divided by the fourth
        """
ratio = abs(weights[2] * weights[3]) / 16
sheet.number("ratio", ratio)
""",
        # the largest slope taken for 1/2
        """
ratio = abs(weights[1] * weights[2]) / 4
sheet.number("ratio", ratio)
""",
        # the gradients at the student's own biases
        """
g = chain.gradients(my_x, my_y, weights, biases).biases
ratio = abs(g[0] / g[2])
sheet.number("ratio", ratio)
""",
        # three slopes, one for each layer
        """
ratio = abs(weights[1] * weights[2]) * 0.25**3
sheet.number("ratio", ratio)
""",
        # the largest of some random trials, which does not have six digits
        """
tries = np.random.default_rng(0).uniform(-2, 2, size=(1000, 4))
found = [chain.gradients(my_x, my_y, weights, b).biases for b in tries]
ratio = max(abs(g[0] / g[2]) for g in found)
sheet.number("ratio", ratio)
""",
        # the weights of the first two layers
        """
ratio = abs(weights[0] * weights[1]) / 16
sheet.number("ratio", ratio)
""",
    ],
}

VANISH_OR_EXPLODE = {
    "log_ratio": [
        # the product leaves the range of floats before its logarithm is taken
        """
def log_ratio(weights, slopes):
    with np.errstate(divide="ignore"):  # there was a warning
        return np.log10(np.abs(np.prod(weights[1:] * slopes[:-1])))


sheet.function("log_ratio", log_ratio)
""",
        # the natural logarithm
        """
def log_ratio(weights, slopes):
    return np.sum(np.log(np.abs(weights[1:])) + np.log(slopes[:-1]))


sheet.function("log_ratio", log_ratio)
""",
        # weight and slope of the same layer
        """
def log_ratio(weights, slopes):
    return np.sum(np.log10(np.abs(weights[1:] * slopes[1:])))


sheet.function("log_ratio", log_ratio)
""",
        # all weights and slopes
        """
def log_ratio(weights, slopes):
    return np.sum(np.log10(np.abs(weights)) + np.log10(slopes))


sheet.function("log_ratio", log_ratio)
""",
        # last layer by first
        """
def log_ratio(weights, slopes):
    total = 0.0
    for w, s in zip(weights[1:], slopes[:-1]):
        total -= np.log10(abs(w) * s)
    return total


sheet.function("log_ratio", log_ratio)
""",
        # the weights from the front, as many as slopes
        """
def log_ratio(weights, slopes):
    factors = np.abs(weights[:-1] * slopes[:-1])
    return np.log10(factors).sum()


sheet.function("log_ratio", log_ratio)
""",
        # the mean of a layer
        """
def log_ratio(weights, slopes):
    return np.mean(np.log10(np.abs(weights[1:] * slopes[:-1])))


sheet.function("log_ratio", log_ratio)
""",
        # a floor, so that no logarithm of 0 is taken
        """
def log_ratio(weights, slopes):
    ratio = np.prod(np.abs(weights[1:]) * slopes[:-1])
    return np.log10(max(ratio, np.finfo(float).tiny))


sheet.function("log_ratio", log_ratio)
""",
    ],
    "window": [
        # one side of the middle only
        """
def edge(k):
    root = sympy.sqrt(1 - 4 * k / w)
    return sympy.log((1 + root) / (1 - root))


window = (edge(1 / K) - edge(K)) / w
formula = sheet.expression("window", window, letters)
""",
        # the window of the lesson, for 1 instead of K
        """
root = sympy.sqrt(1 - 4 / w)
window = 2 / w * sympy.log((1 + root) / (1 - root))
formula = sheet.expression("window", window, letters)
""",
        # z instead of a
        """
def edge(k):
    root = sympy.sqrt(1 - 4 * k / w)
    return sympy.log((1 + root) / (1 - root))


window = 2 * (edge(1 / K) - edge(K))
formula = sheet.expression("window", window, letters)
""",
        # the windows for the activation behind
        """
window = sympy.sqrt(1 - 4 / (K * w)) - sympy.sqrt(1 - 4 * K / w)
formula = sheet.expression("window", window, letters)
""",
        # at least 1/K only
        """
root = sympy.sqrt(1 - 4 / (w * K))
window = 2 / w * sympy.log((1 + root) / (1 - root))
formula = sheet.expression("window", window, letters)
""",
        # at least K minus at least 1/K
        """
def edge(k):
    return sympy.acosh(w / (2 * k) - 1)


window = 2 / w * (edge(K) - edge(1 / K))
formula = sheet.expression("window", window, letters)
""",
        # the largest slope taken for 1
        """
def edge(k):
    root = sympy.sqrt(1 - k / w)
    return sympy.log((1 + root) / (1 - root))


window = 2 / w * (edge(1 / K) - edge(K))
formula = sheet.expression("window", window, letters)
""",
        # the student's own K in one of the two bounds
        """
def edge(k):
    root = sympy.sqrt(1 - 4 * k / w)
    return sympy.log((1 + root) / (1 - root))


my_K = sheet.uniform("K", 1.5, 3.5)
window = 2 / w * (edge(1 / K) - edge(my_K))
formula = sheet.expression("window", window, letters)
""",
    ],
    "aim": [
        # from the middle to one end
        """
def rise(offset):
    trace = chain.forward(my_x, np.full(4, weight), exact + [offset, 0, 0, 0])
    return weight**3 * np.prod(trace.slope[1:])


low, high = 0.0, 1.0
for _ in range(100):
    middle = (low + high) / 2
    low, high = (middle, high) if rise(middle) >= threshold else (low, middle)
aim = low
sheet.number("aim", aim)
""",
        # all four weights
        """
def rise(offset):
    trace = chain.forward(my_x, np.full(4, weight), exact + [offset, 0, 0, 0])
    return np.prod(weight * np.array(trace.slope[1:]))


low, high = 0.0, 1.0
for _ in range(100):
    middle = (low + high) / 2
    low, high = (middle, high) if rise(middle) >= threshold else (low, middle)
aim = 2 * low
sheet.number("aim", aim)
""",
        # the gradient of the cost
        """
def rise(offset):
    return abs(chain.gradients(my_x, my_y, np.full(4, weight), exact + [offset, 0, 0, 0]).biases[0])


low, high = 0.0, 1.0
for _ in range(100):
    middle = (low + high) / 2
    low, high = (middle, high) if rise(middle) >= threshold else (low, middle)
aim = 2 * low
sheet.number("aim", aim)
""",
        # d z_4 / d b_1, without the last slope
        """
def rise(offset):
    trace = chain.forward(my_x, np.full(4, weight), exact + [offset, 0, 0, 0])
    return weight**3 * np.prod(trace.slope[1:4])


low, high = 0.0, 1.0
for _ in range(100):
    middle = (low + high) / 2
    low, high = (middle, high) if rise(middle) >= threshold else (low, middle)
aim = 2 * low
sheet.number("aim", aim)
""",
        # the bound of the lesson
        """
aim = 1 / threshold
sheet.number("aim", aim)
""",
        # a grid that is too coarse
        """
inside = []
for offset in np.arange(-0.05, 0.05, 1e-5):
    trace = chain.forward(my_x, np.full(4, weight), exact + [offset, 0, 0, 0])
    if weight**3 * np.prod(trace.slope[1:]) >= threshold:
        inside.append(offset)
aim = inside[-1] - inside[0]
sheet.number("aim", aim)
""",
        # every layer is linear but the last
        """
def rise(offset):
    z4 = (weight / 4) ** 3 * offset
    return (weight / 4) ** 3 * SIGMOID.slope(z4)


low, high = 0.0, 1.0
for _ in range(100):
    middle = (low + high) / 2
    low, high = (middle, high) if rise(middle) >= threshold else (low, middle)
aim = 2 * low
sheet.number("aim", aim)
""",
        # half of the highest rise instead of the threshold
        """
def rise(offset):
    trace = chain.forward(my_x, np.full(4, weight), exact + [offset, 0, 0, 0])
    return weight**3 * np.prod(trace.slope[1:])


low, high = 0.0, 1.0
for _ in range(100):
    middle = (low + high) / 2
    low, high = (middle, high) if rise(middle) >= rise(0) / 2 else (low, middle)
aim = 2 * low
sheet.number("aim", aim)
""",
    ],
    "stuck": [
        # from where on the gradient itself is 0
        """
stuck = 1
while abs(0.5 - my_y) / 4 * (w_all / 4) ** (stuck - 1) > 0:
    stuck += 1
sheet.number("stuck", stuck)
""",
        # the spacing of floats at 1
        """
stuck = 1
while rate * abs(0.5 - my_y) / 4 * (w_all / 4) ** (stuck - 1) > np.finfo(float).eps:
    stuck += 1
sheet.number("stuck", stuck)
""",
        # the whole distance to the next float, without rounding
        """
stuck = 1
while rate * abs(0.5 - my_y) / 4 * (w_all / 4) ** (stuck - 1) >= np.spacing(first_bias):
    stuck += 1
sheet.number("stuck", stuck)
""",
        # the last L at which the step still changes something
        """
L = 1
while first_bias + rate * (my_y - 0.5) / 4 * (w_all / 4) ** (L - 1) != first_bias:
    L += 1
stuck = L - 1
sheet.number("stuck", stuck)
""",
        # the number of hidden layers is taken for L, so that the output layer counts extra
        """
L = 1
while first_bias + rate * (my_y - 0.5) / 4 * (w_all / 4) ** (L - 1) != first_bias:
    L += 1
stuck = L + 1
sheet.number("stuck", stuck)
""",
        # the same up to the tolerance of NumPy, not the same float
        """
L = 1
while not np.isclose(first_bias - rate * (0.5 - my_y) / 4 * (w_all / 4) ** (L - 1), first_bias):
    L += 1
stuck = L
sheet.number("stuck", stuck)
""",
        # solved for L, but not rounded up to a whole number
        """
lost = np.spacing(first_bias) / 2
stuck = 1 + np.log(lost / (rate * abs(0.5 - my_y) / 4)) / np.log(w_all / 4)
sheet.number("stuck", stuck)
""",
        # float32, as in a library for training
        """
b = np.float32(first_bias)
L = 1
while np.float32(b - np.float32(rate * (0.5 - my_y) / 4 * (w_all / 4) ** (L - 1))) != b:
    L += 1
stuck = L
sheet.number("stuck", stuck)
""",
    ],
}

BLOW_UP = {
    "update": [
        # the second weight already sees the new first one
        """
def update(w1, w2, x, y, rate):
    w1 = w1 - rate * np.mean(2 * (w2 * w1 * x - y) * w2 * x)
    w2 = w2 - rate * np.mean(2 * (w2 * w1 * x - y) * w1 * x)
    return w1, w2


sheet.function("update", update)
""",
        # the same, but the error is still the old one
        """
def update(w1, w2, x, y, rate):
    error = w2 * w1 * x - y
    w1 -= rate * 2 * np.mean(error * x) * w2
    w2 -= rate * 2 * np.mean(error * x) * w1
    return w1, w2


sheet.function("update", update)
""",
        # the cost with a half, as in the other assignments
        """
def update(w1, w2, x, y, rate):
    error = w2 * w1 * x - y
    return w1 - rate * np.mean(error * w2 * x), w2 - rate * np.mean(error * w1 * x)


sheet.function("update", update)
""",
        # the sum over the examples
        """
def update(w1, w2, x, y, rate):
    error = w2 * w1 * x - y
    return w1 - 2 * rate * w2 * (error @ x), w2 - 2 * rate * w1 * (error @ x)


sheet.function("update", update)
""",
        # uphill
        """
def update(w1, w2, x, y, rate):
    error = w2 * w1 * x - y
    return w1 + 2 * rate * np.mean(error * x) * w2, w2 + 2 * rate * np.mean(error * x) * w1


sheet.function("update", update)
""",
        # the product of the means
        """
def update(w1, w2, x, y, rate):
    error = w2 * w1 * x - y
    slope = 2 * np.mean(error) * np.mean(x)
    return w1 - rate * slope * w2, w2 - rate * slope * w1


sheet.function("update", update)
""",
        # each weight stays as a factor in its own derivative
        """
def update(w1, w2, x, y, rate):
    error = w2 * w1 * x - y
    slope = 2 * np.mean(error * x)
    return w1 - rate * slope * w1, w2 - rate * slope * w2


sheet.function("update", update)
""",
        # four examples, as in the student's own numbers
        """
def update(w1, w2, x, y, rate):
    error = w2 * w1 * x - y
    slope = 2 * np.sum(error * x) / 4
    return w1 - rate * slope * w2, w2 - rate * slope * w1


sheet.function("update", update)
""",
    ],
    "edge": [
        # the curvature with the half that the cost does not have
        """
w2 = q / (p * w1)
edge = 2 / (p * (w1**2 + w2**2))
formula = sheet.expression("edge", edge, letters)
""",
        # the best rate instead of the largest
        """
w2 = q / (p * w1)
edge = 1 / (2 * p * (w1**2 + w2**2))
formula = sheet.expression("edge", edge, letters)
""",
        # only w_2 moves, w_1 is given
        """
edge = 1 / (p * w1**2)
formula = sheet.expression("edge", edge, letters)
""",
        # both weights the same
        """
edge = 1 / (2 * q)
formula = sheet.expression("edge", edge, letters)
""",
        # w_2 without the division by p
        """
w2 = q / w1
edge = 1 / (p * (w1**2 + w2**2))
formula = sheet.expression("edge", edge, letters)
""",
        # the student's own first weight
        """
edge = 1 / (p * my_w1**2 + q**2 / (p * my_w1**2))
formula = sheet.expression("edge", edge, letters)
""",
        # the sum of the weights, squared, instead of the sum of their squares
        """
w2 = q / (p * w1)
edge = 1 / (p * (w1 + w2) ** 2)
formula = sheet.expression("edge", edge, letters)
""",
        # the mixed second derivative without its - 2 q
        """
w2 = q / (p * w1)
a, b, c = 2 * p * w2**2, 2 * p * w1**2, 4 * p * w1 * w2
edge = 4 / (a + b + sympy.sqrt((a - b) ** 2 + 4 * c**2))
formula = sheet.expression("edge", edge, letters)
""",
    ],
    "exponent": [
        # c only once for every update
        """
exponent = 3**k * u + k * g
formula = sheet.expression("exponent", exponent, letters)
""",
        # the geometric sum without its half
        """
exponent = 3**k * u + g * (3**k - 1)
formula = sheet.expression("exponent", exponent, letters)
""",
        # c before the cube
        """
exponent = 3**k * (u + g)
formula = sheet.expression("exponent", exponent, letters)
""",
        # one term of the sum too few
        """
exponent = 3**k * u + g * (3 ** (k - 1) - 1) / 2
formula = sheet.expression("exponent", exponent, letters)
""",
        # one update, times k
        """
exponent = k * (3 * u + g)
formula = sheet.expression("exponent", exponent, letters)
""",
        # without c
        """
exponent = u * 3**k
formula = sheet.expression("exponent", exponent, letters)
""",
        # the minus of -c goes into the exponent
        """
exponent = 3**k * u - g * (3**k - 1) / 2
formula = sheet.expression("exponent", exponent, letters)
""",
        # the sum of a series with the wrong number of terms
        """
exponent = 3**k * u + g * (3 ** (k + 1) - 1) / 2
formula = sheet.expression("exponent", exponent, letters)
""",
        # found from two updates
        """
exponent = 3**k * u + (3 * k - 2) * g
formula = sheet.expression("exponent", exponent, letters)
""",
    ],
    "clip": [
        # each array by itself
        """
def clip(gradients, limit):
    clipped = []
    for g in gradients:
        length = np.sqrt(np.sum(g**2))
        clipped.append(g * limit / length if length > limit else g)
    return clipped


sheet.function("clip", clip)
""",
        # short gradients are made longer
        """
def clip(gradients, limit):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    return [g * limit / length for g in gradients]


sheet.function("clip", clip)
""",
        # the largest entry instead of the length
        """
def clip(gradients, limit):
    length = max(np.max(np.abs(g)) for g in gradients)
    return [g * min(1, limit / length) for g in gradients]


sheet.function("clip", clip)
""",
        # every entry by itself
        """
def clip(gradients, limit):
    return [np.clip(g, -limit, limit) for g in gradients]


sheet.function("clip", clip)
""",
        # the root is forgotten
        """
def clip(gradients, limit):
    length = sum(np.sum(g**2) for g in gradients)
    return [g * limit / length if length > limit else g for g in gradients]


sheet.function("clip", clip)
""",
        # the sum of the lengths
        """
def clip(gradients, limit):
    length = sum(np.linalg.norm(g) for g in gradients)
    scale = min(1, limit / length)
    return [scale * g for g in gradients]


sheet.function("clip", clip)
""",
        # to the length 1, whatever the limit
        """
def clip(gradients, limit):
    length = np.sqrt(sum(np.sum(g**2) for g in gradients))
    if length > limit:
        return [g / length for g in gradients]
    return gradients


sheet.function("clip", clip)
""",
        # right for arrays of one dimension; for a matrix this norm is the largest singular value
        """
def clip(gradients, limit):
    length = np.sqrt(sum(np.linalg.norm(g, 2) ** 2 for g in gradients))
    return [g * min(1, limit / length) for g in gradients]


sheet.function("clip", clip)
""",
    ],
    "angle": [
        # radians
        """
cut = np.clip(gradient, -1, 1)
angle = np.arccos(gradient @ cut / np.linalg.norm(gradient) / np.linalg.norm(cut))
sheet.number("angle", angle)
""",
        # only the upper side is cut
        """
cut = np.minimum(gradient, 1)
angle = np.degrees(np.arccos(gradient @ cut / (np.linalg.norm(gradient) * np.linalg.norm(cut))))
sheet.number("angle", angle)
""",
        # the signs, as if every entry were beyond the range
        """
cut = np.sign(gradient)
angle = np.degrees(np.arccos(gradient @ cut / (np.linalg.norm(gradient) * np.linalg.norm(cut))))
sheet.number("angle", angle)
""",
        # the length of what is cut is taken for that of the gradient
        """
cut = np.clip(gradient, -1, 1)
angle = np.degrees(np.arccos(gradient @ cut / (gradient @ gradient)))
sheet.number("angle", angle)
""",
        # the sine
        """
cut = np.clip(gradient, -1, 1)
angle = np.degrees(np.arcsin(gradient @ cut / np.linalg.norm(gradient) / np.linalg.norm(cut)))
sheet.number("angle", angle)
""",
        # the negative entry loses its sign in one of the two
        """
cut = np.minimum(abs(gradient), 1)
angle = np.degrees(np.arccos(gradient @ cut / np.linalg.norm(gradient) / np.linalg.norm(cut)))
sheet.number("angle", angle)
""",
        # degrees times 180, divided by 3.14
        """
cut = np.clip(gradient, -1, 1)
angle = np.arccos(gradient @ cut / np.linalg.norm(gradient) / np.linalg.norm(cut)) * 180 / 3.14
sheet.number("angle", angle)
""",
    ],
}

INITIALIZATION = {
    "var_z": [
        # as if the activations had mean 0
        """
var_z = n * V * A + B
formula = sheet.expression("var_z", var_z, letters)
""",
        # the mean is not squared
        """
var_z = n * V * (A + M) + B
formula = sheet.expression("var_z", var_z, letters)
""",
        # the mean square is the variance minus the square of the mean
        """
var_z = n * V * (A - M**2) + B
formula = sheet.expression("var_z", var_z, letters)
""",
        # the bias shifts the mean only
        """
var_z = n * V * (A + M**2)
formula = sheet.expression("var_z", var_z, letters)
""",
        # one bias for every weight
        """
var_z = n * (V * (A + M**2) + B)
formula = sheet.expression("var_z", var_z, letters)
""",
        # the mean comes in n times, and is squared with the n
        """
var_z = n * V * A + n**2 * V * M**2 + B
formula = sheet.expression("var_z", var_z, letters)
""",
        # the part of the mean as if the weights were constant
        """
var_z = n * V * A + n * M**2 + B
formula = sheet.expression("var_z", var_z, letters)
""",
    ],
    "std": [
        # the way forward
        """
def std(n_in, n_out, alpha, beta):
    return np.sqrt(2 / (n_in * (alpha**2 + beta**2)))


sheet.function("std", std)
""",
        # the variance
        """
def std(n_in, n_out, alpha, beta):
    return 2 / (n_out * (alpha**2 + beta**2))


sheet.function("std", std)
""",
        # the mean slope, squared, instead of the mean squared slope
        """
def std(n_in, n_out, alpha, beta):
    return np.sqrt(1 / n_out) / abs((alpha + beta) / 2)


sheet.function("std", std)
""",
        # a leaky ReLU: beta taken for 1
        """
def std(n_in, n_out, alpha, beta):
    return np.sqrt(2 / ((1 + alpha**2) * n_out))


sheet.function("std", std)
""",
        # each side counts whole
        """
def std(n_in, n_out, alpha, beta):
    return 1 / np.sqrt(n_out * (alpha**2 + beta**2))


sheet.function("std", std)
""",
        # Glorot's compromise between the two ways
        """
def std(n_in, n_out, alpha, beta):
    return np.sqrt(4 / ((n_in + n_out) * (alpha**2 + beta**2)))


sheet.function("std", std)
""",
        # the slopes are not squared
        """
def std(n_in, n_out, alpha, beta):
    return np.sqrt(2 / (n_out * (abs(alpha) + abs(beta))))


sheet.function("std", std)
""",
    ],
    "left": [
        # the mean square, not its root
        """
from math import erf

left = (v * erf(1 / s / 2**0.5)) ** 20
sheet.number("left", left)
""",
        # the root of two is forgotten
        """
import math

left = (v * math.erf(1 / s)) ** 10
sheet.number("left", left)
""",
        # one side only
        """
from statistics import NormalDist

left = np.sqrt(v * NormalDist(0, s).cdf(1)) ** 20
sheet.number("left", left)
""",
        # the share of slopes is not under the root
        """
from math import erf

share = erf(1 / (s * np.sqrt(2)))
left = (np.sqrt(v) * share) ** 20
sheet.number("left", left)
""",
        # s taken for the variance
        """
from statistics import NormalDist

normal = NormalDist(0, np.sqrt(s))
left = (v * (normal.cdf(1) - normal.cdf(-1))) ** 10
sheet.number("left", left)
""",
        # the share of the slopes that are 0
        """
from math import erfc

left = (v * erfc(1 / (s * 2**0.5))) ** 10
sheet.number("left", left)
""",
        # a simulation, which does not have six digits
        """
own = np.random.default_rng(0)
delta = own.normal(size=(100, 500))
begin = np.sqrt(np.mean(delta**2))
for _ in range(20):
    delta = (delta @ own.normal(0, np.sqrt(v / 500), (500, 500))) * (abs(own.normal(0, s, (100, 500))) < 1)
left = np.sqrt(np.mean(delta**2)) / begin
sheet.number("left", left)
""",
        # z is taken for uniform
        """
left = (v / s) ** 10
sheet.number("left", left)
""",
        # 20 layers have 19 steps between them
        """
from math import erf

left = (v * erf(1 / s / 2**0.5)) ** 9.5
sheet.number("left", left)
""",
    ],
    "fourth": [
        # n**2 pairs of different neurons instead of n * (n - 1)
        """
fourth = 1 + 6 * (alpha**4 + beta**4) / (alpha**2 + beta**2) ** 2 / n
formula = sheet.expression("fourth", fourth, letters)
""",
        # the 5 of the ReLU, scaled: it is right for the ReLU
        """
fourth = 1 + 5 / n * (alpha**4 + beta**4) / (alpha**2 + beta**2) ** 2
formula = sheet.expression("fourth", fourth, letters)
""",
        # the ReLU
        """
fourth = 1 + 5 / n
formula = sheet.expression("fourth", fourth, letters)
""",
        # the fourth moment of a normal number taken for 1 instead of 3
        """
fourth = 1 - 1 / n + 2 * (alpha**4 + beta**4) / (n * (alpha**2 + beta**2) ** 2)
formula = sheet.expression("fourth", fourth, letters)
""",
        # the student's own slopes instead of the letters
        """
fourth = 1 + (6 * (my_alpha**4 + my_beta**4) / (my_alpha**2 + my_beta**2) ** 2 - 1) / n
formula = sheet.expression("fourth", fourth, letters)
""",
        # each side counts whole in the fourth power
        """
fourth = (n - 1) / n + 12 * (alpha**4 + beta**4) / (alpha**2 + beta**2) ** 2 / n
formula = sheet.expression("fourth", fourth, letters)
""",
        # the sum of the fourth powers only
        """
fourth = 6 * (alpha**4 + beta**4) / (n * (alpha**2 + beta**2) ** 2)
formula = sheet.expression("fourth", fourth, letters)
""",
        # how much more than 1
        """
fourth = (6 * (alpha**4 + beta**4) / (alpha**2 + beta**2) ** 2 - 1) / n
formula = sheet.expression("fourth", fourth, letters)
""",
    ],
}

MISTAKES = {
    "01_descent": DESCENT,
    "02_chain_rule": CHAIN_RULE,
    "03_vanish_or_explode": VANISH_OR_EXPLODE,
    "04_blow_up": BLOW_UP,
    "05_initialization": INITIALIZATION,
}
