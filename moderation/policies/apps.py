from django.apps import AppConfig


class PoliciesConfig(AppConfig):
    name = "moderation.policies"
    label = "policies"
    verbose_name = "Policies"
