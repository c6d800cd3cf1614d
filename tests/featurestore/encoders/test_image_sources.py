"""Where an image encoder may come from: a package, a folder of ResNet-50 weights, a folder of transformers."""

import numpy as np
import pytest
import torch
from PIL import Image
from skimage import data as pictures

from featurestore.encoders.base import ModelMissing
from featurestore.encoders.image import load
from featurestore.encoders.prepare import Recipe, prepare


def _made(name, tmp_path, settings):
    settings.IMAGE_ENCODER = str(name)
    recipe = Recipe("image", "featurestore.encoders.image_export:export", ("torch",), depends_on=(str(name),))
    prepare([recipe], tmp_path / "models")
    return load(tmp_path / "models")


def test_resnet50_from_a_folder_gives_what_torchvision_gives(tmp_path, settings):
    """Random weights: what is tested is the way of the pixels and of the weights, not what they have learned."""
    from torchvision.models import resnet50
    from torchvision.transforms.functional import normalize

    torch.manual_seed(7)
    network = resnet50(weights=None).eval()
    (tmp_path / "weights").mkdir()
    torch.save(network.state_dict(), tmp_path / "weights/ours.pth")
    encoder = _made(tmp_path / "weights", tmp_path, settings)
    assert encoder.name == "resnet50-ours"
    assert encoder.dim == 2048
    picture = Image.fromarray(pictures.coffee()).resize((224, 224))
    network.fc = torch.nn.Identity()
    pixels = torch.from_numpy(np.asarray(picture).copy()).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():
        wanted = network(normalize(pixels, [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]))[0].numpy()
    np.testing.assert_allclose(encoder.encode([picture])[0], wanted / np.linalg.norm(wanted), atol=1e-4)


def test_a_folder_in_the_shape_of_transformers_is_read(tmp_path, settings):
    from transformers import ResNetConfig, ResNetModel, ViTImageProcessor

    torch.manual_seed(7)
    config = ResNetConfig(embedding_size=16, hidden_sizes=[16, 32], depths=[1, 1], layer_type="basic")
    ResNetModel(config).save_pretrained(tmp_path / "tiny")
    ViTImageProcessor(size={"height": 96, "width": 96}).save_pretrained(tmp_path / "tiny")
    encoder = _made(tmp_path / "tiny", tmp_path, settings)
    assert (encoder.name, encoder.dim) == ("tiny", 32)
    vector = encoder.encode([Image.fromarray(pictures.coffee())])
    np.testing.assert_allclose(np.linalg.norm(vector), 1, atol=1e-4)


def test_two_files_of_weights_are_one_too_many(tmp_path, settings):
    for name in ("a.pth", "b.pth"):
        (tmp_path / name).write_bytes(b"")
    with pytest.raises(ModelMissing, match=r"should hold one file of ResNet-50 weights; it holds 2\."):
        _made(tmp_path, tmp_path, settings)


def test_what_nobody_knows_is_said_so(tmp_path, settings, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(ModelMissing, match="no package, no folder with weights, and no hub knows it"):
        _made("no/such-model-anywhere", tmp_path, settings)
