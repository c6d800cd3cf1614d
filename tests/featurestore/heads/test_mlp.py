"""A small network: what it can learn, and that it is the same twice."""

import numpy as np
import torch

from featurestore.heads.mlp import DECAY, HIDDEN, RATE, _Adam, train_mlp


def exclusive_or(n=1200, seed=0):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 6)).astype(np.float32)
    return x, ((x[:, 0] > 0) != (x[:, 1] > 0)).astype(float)


def test_it_learns_what_no_straight_cut_can():
    x, y = exclusive_or()
    aside = np.arange(len(x)) % 5 == 0
    seen = []
    made = train_mlp(x * 30 + 400, y, np.ones(len(x)), aside, watch=lambda *said: seen.append(said))
    new, truth = exclusive_or(seed=1)
    assert ((made.logits(new * 30 + 400) > 0) == truth).mean() > 0.9
    assert made.layers[0][0].shape == (6, HIDDEN)
    assert [epoch for epoch, _, _ in seen] == list(range(1, made.epochs + 1))
    assert seen[-1][1] < seen[0][1]


def test_the_same_bytes_twice_whatever_else_draws_numbers():
    x, y = exclusive_or(300)
    aside = np.arange(len(x)) % 5 == 0
    first = train_mlp(x, y, np.ones(len(x)), aside, seed=3)
    torch.rand(7)
    again = train_mlp(x, y, np.ones(len(x)), aside, seed=3)
    other = train_mlp(x, y, np.ones(len(x)), aside, seed=4)
    assert first.layers[0][0].tobytes() == again.layers[0][0].tobytes()
    assert first.layers[0][0].tobytes() != other.layers[0][0].tobytes()


def test_the_steps_are_those_of_adamw():
    """As in the paper's algorithm 2, on the gradient 2 x."""
    part = torch.nn.Parameter(torch.tensor([1.0, -2.0, 3.0]))
    adam, x = _Adam([part]), np.array([1.0, -2.0, 3.0])
    mean, square = np.zeros(3), np.zeros(3)
    for step in range(1, 21):
        adam.step((2 * part.detach(),))
        mean, square = 0.9 * mean + 0.1 * 2 * x, 0.999 * square + 0.001 * (2 * x) ** 2
        x = x - RATE * (mean / (1 - 0.9**step) / (np.sqrt(square / (1 - 0.999**step)) + 1e-8) + DECAY * x)
    np.testing.assert_allclose(part.detach().numpy(), x, rtol=1e-5)
