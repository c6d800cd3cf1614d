from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class SearchConfig(AppConfig):
    name = "moderation.search"
    label = "search"
    verbose_name = "Search"

    def ready(self) -> None:
        from brickmod import scrubbing
        from moderation.search import text_index

        pre_migrate.connect(text_index.before_migrate, sender=self, dispatch_uid="moderation.search.text_index")
        post_migrate.connect(text_index.after_migrate, sender=self, dispatch_uid="moderation.search.text_index")
        scrubbing.before_rewriting(text_index.forget_deleted)
