"""From a vector back to what it was made of: what an attacker trains on public pictures and texts.

Each takes public vectors (n, dim) with what they are of, and returns a function of stored vectors (m, dim).
The linear ones are closed forms, the others small networks.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from sklearn.decomposition import PCA
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import StandardScaler

SIDE = 64
COMPONENTS = 64
BATCH = 32
ALPHAS = np.logspace(0, 5, 11)
Vectors = NDArray[np.float32]
Decode = Callable[[Vectors], NDArray[np.float32]]


def linear_pictures(public: Vectors, shown: NDArray[np.float32]) -> Decode:
    """Onto the COMPONENTS commonest shapes of public pictures, as strong as so few allow. `shown`: (n, pixels)."""
    scale = StandardScaler().fit(public)
    shapes = PCA(min(COMPONENTS, len(shown) - 1), random_state=0).fit(shown)
    model = RidgeCV(ALPHAS).fit(scale.transform(public), shapes.transform(shown))
    return lambda x: np.clip(shapes.inverse_transform(model.predict(scale.transform(x))), 0, 1)


def linear_words(public: Vectors, there: NDArray[np.float32]) -> Decode:
    """A ridge regression for each word. `there`: (n, words), 1 where the text has the word."""
    scale = StandardScaler().fit(public)
    model = RidgeCV(ALPHAS).fit(scale.transform(public), there)
    return lambda x: model.predict(scale.transform(x))


def convolutional_pictures(public: Vectors, shown: NDArray[np.float32], epochs: int, seed: int) -> Decode:
    """A map of 8 x 8 cells, widened thrice; it learns what differs from the mean picture."""
    import torch
    from torch import nn

    network = _seeded(
        seed,
        lambda: nn.Sequential(
            *_first(public.shape[1], 192),
            nn.Linear(192, 24 * 8 * 8),
            nn.Unflatten(1, (24, 8, 8)),
            *_wider(24, 16),
            *_wider(16, 12),
            nn.Conv2d(12, 3 * 4, 3, padding=1),
            nn.PixelShuffle(2),
            nn.Flatten(),
        ),
    )
    scale, middle = StandardScaler().fit(public), shown.mean(0)
    # From (rows, columns, colours) to (colours, rows, columns), and back.
    order = np.arange(SIDE * SIDE * 3).reshape(SIDE, SIDE, 3).transpose(2, 0, 1).ravel()
    _learn(network, scale.transform(public), (shown - middle)[:, order], nn.MSELoss(), epochs, seed)

    def decode(x: Vectors) -> NDArray[np.float32]:
        made = np.empty((len(x), SIDE * SIDE * 3), np.float32)
        with torch.no_grad():
            made[:, order] = network(torch.from_numpy(scale.transform(x).astype(np.float32))).numpy()
        return np.clip(made + middle, 0, 1)

    return decode


def network_words(public: Vectors, there: NDArray[np.float32], epochs: int, seed: int) -> Decode:
    """One hidden layer for all words together."""
    import torch
    from torch import nn

    network = _seeded(seed, lambda: nn.Sequential(*_first(public.shape[1], 256), nn.Linear(256, there.shape[1])))
    scale = StandardScaler().fit(public)
    _learn(network, scale.transform(public), there, nn.BCEWithLogitsLoss(), epochs, seed)

    def decode(x: Vectors) -> NDArray[np.float32]:
        with torch.no_grad():
            return network(torch.from_numpy(scale.transform(x).astype(np.float32))).numpy()

    return decode


def _first(dim: int, width: int):
    from torch import nn

    # So few examples are soon known by heart: half of what is known is hidden from each step.
    return nn.Dropout(0.2), nn.Linear(dim, width), nn.GELU(), nn.Dropout(0.4)


def _wider(old: int, new: int):
    from torch import nn

    wide = nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
    return wide, nn.Conv2d(old, new, 3, padding=1), nn.GELU()


def _seeded(seed: int, make):
    """Weights drawn from `seed`, without touching the process's own random numbers."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return make()


def _learn(network, x, y, loss, epochs: int, seed: int) -> None:
    import torch

    x, y = torch.from_numpy(x.astype(np.float32)), torch.from_numpy(y.astype(np.float32))
    steps = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.02)
    rates = torch.optim.lr_scheduler.OneCycleLR(steps, 4e-3, total_steps=epochs * -(-len(x) // BATCH))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network.train()
        for _ in range(epochs):
            for rows in torch.randperm(len(x)).split(BATCH):
                steps.zero_grad()
                loss(network(x[rows]), y[rows]).backward()
                steps.step()
                rates.step()
        network.eval()
