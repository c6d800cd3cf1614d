from tests.moderation.desk.conftest import feature_of, waiting  # noqa: F401  (the same submissions as the desk's)
