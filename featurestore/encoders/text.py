"""Text -> vector: a multilingual BERT in ONNX (int8), read by onnxruntime and `tokenizers` alone.

Texts are encoded one at a time. int8 activations are scaled by the range of the whole batch, so a text's vector
would depend on its neighbours; and with padding a batch on one thread is slower than its texts one by one (measured:
10 ms against 7 ms a text). So batch equals single exactly, and costs nothing.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime as ort
from tokenizers import Tokenizer

from featurestore.encoders.base import Vectors
from featurestore.encoders.manifest import model_file
from featurestore.encoders.session import open_session

MAX_TOKENS = 512
# A token is seldom longer than 8 characters, so what is cut here is beyond the tokens that the network sees; without
# the cut a text of 100,000 characters would be tokenized whole only to be thrown away.
_MAX_CHARACTERS = MAX_TOKENS * 16
_SPACE = re.compile(r"\s{2,}")


@dataclass(frozen=True)
class TextSheet:
    """encoder.json: what the loader must know, and how near the int8 file is to the weights (`measured`)."""

    name: str
    version: str
    dim: int
    prefix: str  # what the network was trained to see before a text
    measured: dict[str, float]


class OnnxTextEncoder:
    """See featurestore.encoders.base.TextEncoder."""

    def __init__(self, sheet: TextSheet, session: ort.InferenceSession, tokenizer: Tokenizer) -> None:
        self.name, self.version, self.dim = sheet.name, sheet.version, sheet.dim
        self._prefix = sheet.prefix
        self._session = session
        self._tokenizer = tokenizer
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Float32 (len(texts), dim), unit length, in order. What is beyond 512 tokens is not seen."""
        vectors = np.empty((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            ids = np.array([self._tokenizer.encode(self._prefix + tidy(text)).ids], np.int64)
            vectors[row] = self._session.run(["vector"], {"ids": ids, "mask": np.ones_like(ids)})[0][0]
        return vectors


def tidy(text: str) -> str:
    """The text as the tokenizer can take it: bounded, white space single, half surrogates (not UTF-8) as "?"."""
    short = _SPACE.sub(" ", text.strip())[:_MAX_CHARACTERS]
    return short.encode("utf-8", "replace").decode("utf-8")


def load(models_dir: Path) -> OnnxTextEncoder:
    """The encoder that `export` left in MODELS_DIR. Raises ModelMissing. Reaches for no network."""
    sheet = TextSheet(**json.loads(model_file(models_dir, "text/encoder.json").read_text()))
    tokenizer = Tokenizer.from_file(str(model_file(models_dir, "text/tokenizer.json")))
    return OnnxTextEncoder(sheet, open_session(model_file(models_dir, "text/encoder.onnx")), tokenizer)


def export(models_dir: Path) -> None:
    """Write text/encoder.onnx, text/encoder.json and text/tokenizer.json (settings.TEXT_ENCODER says from what)."""
    from featurestore.encoders.text_export import export_text  # brings torch, which a worker never needs

    export_text(models_dir)
