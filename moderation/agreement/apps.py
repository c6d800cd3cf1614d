from django.apps import AppConfig


class AgreementConfig(AppConfig):
    name = "moderation.agreement"
    label = "agreement"
    verbose_name = "Agreement"

    def ready(self) -> None:
        from moderation.agreement.known import AtTheDesk
        from moderation.desk.between import put_between

        put_between(AtTheDesk())
