"""Where webhooks may be sent to: https on the public internet, and on one's own machine the private networks too."""

from django.conf import settings

from brickmod.outside import addresses
from brickmod.outside.addresses import ForbiddenTarget

__all__ = ["ForbiddenTarget", "check_url", "resolve"]


def check_url(url: str) -> None:
    """What can be said without asking the DNS. Raises ForbiddenTarget."""
    addresses.check_url(url, allow_private=settings.WEBHOOK_ALLOW_PRIVATE)


def resolve(host: str, port: int) -> list[str]:
    """The addresses of `host`, all of them checked. Raises ForbiddenTarget."""
    return addresses.resolve(host, port, allow_private=settings.WEBHOOK_ALLOW_PRIVATE)
