"""What Anderson acceleration remembers: how images and residuals changed, and the Gram matrix of the latter."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from ...agents.arrays import FloatArray

# Below it squares lose their digits, and nothing can be normalised.
_SHORTEST_SQUARED = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, eq=False)
class Memory:
    """The last differences from one round to the next, the oldest first.

    Parameters
    ----------
    images, residuals : tuple of arrays of shape (coupling,)
    lengths : array of shape (remembered,)
        2-norm of each difference, of image and residual together.
    gram : array of shape (remembered, remembered)
        Inner products of the differences of residuals.
    """

    images: tuple[FloatArray, ...] = ()
    residuals: tuple[FloatArray, ...] = ()
    lengths: FloatArray = field(default_factory=lambda: np.zeros(0))
    gram: FloatArray = field(default_factory=lambda: np.zeros((0, 0)))

    def __len__(self) -> int:
        """How many differences are remembered."""
        return len(self.residuals)

    def with_difference(self, image: FloatArray, residual: FloatArray, most: int) -> Memory:
        """Remember one more, and of all at most the last `most`; no difference at all teaches nothing.

        The Gram matrix gets one row: the cost is linear in the length of the vectors and in the memory.
        """
        length_squared = float(image @ image + residual @ residual)
        if most == 0 or length_squared < _SHORTEST_SQUARED:
            return self
        forgotten = max(len(self) + 1 - most, 0)
        images = (*self.images[forgotten:], image)
        residuals = (*self.residuals[forgotten:], residual)
        row = np.array([residual @ other for other in residuals])
        gram = np.empty((len(row), len(row)))
        gram[:-1, :-1] = self.gram[forgotten:, forgotten:]
        gram[-1, :] = gram[:, -1] = row
        return Memory(images, residuals, np.append(self.lengths[forgotten:], np.sqrt(length_squared)), gram)

    def correction(self, residual: FloatArray, regularisation: float) -> FloatArray:
        """The combination of differences of images whose differences of residuals come nearest to `residual`.

        Differences are normalised, so that old, long ones weigh no more than new, short ones, and
        `regularisation`, which is added to the diagonal of their Gram matrix, is a pure number. Where
        images moved and residuals did not, it keeps rounding errors from being extrapolated.
        """
        normalised = self.gram / np.outer(self.lengths, self.lengths) + regularisation * np.eye(len(self))
        products = np.array([other @ residual for other in self.residuals])
        shares = np.linalg.solve(normalised, products / self.lengths) / self.lengths
        correction = np.zeros_like(residual)
        for share, image in zip(shares, self.images, strict=True):
            correction += share * image
        return correction
