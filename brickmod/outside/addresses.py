"""Where we may connect to. An address is a wish from outside: it must not turn us into a way into our own network."""

import ipaddress
import socket
from urllib.parse import urlsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class ForbiddenTarget(Exception):
    """Nothing is sent there or fetched from there. The text says why, for a person."""


def check_url(url: str, *, allow_private: bool) -> str:
    """What can be said without asking the DNS; returns the host. Raises ForbiddenTarget."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise ForbiddenTarget("The address cannot be read.") from error
    if parts.scheme not in {"https", "http"} or not host:
        raise ForbiddenTarget("The address must start with https://.")
    if parts.scheme == "http" and not allow_private:
        raise ForbiddenTarget("The address must start with https://: what is sent is about children.")
    if parts.username or parts.password:
        raise ForbiddenTarget("The address must not hold a user name or password.")
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    check_address(address, allow_private=allow_private)
    return host


def check_address(address: Address, *, allow_private: bool) -> None:
    """Raises ForbiddenTarget for every address that is not on the public internet, in all its disguises."""
    if not allow_private and not _public(_inner(address) or address):
        raise ForbiddenTarget("The address leads into a private network.")


def _inner(address: Address) -> Address | None:
    """The IPv4 address that an IPv6 address stands for, if it stands for one."""
    if not isinstance(address, ipaddress.IPv6Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _public(address: Address) -> bool:
    # is_global alone lets multicast through.
    return address.is_global and not address.is_multicast and not address.is_reserved


def resolve(host: str, port: int, *, allow_private: bool) -> list[str]:
    """The addresses of `host`, all of them checked: one that is private spoils the rest.

    The caller connects to one of these and asks no second time, or the answer could be another one by then.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise ForbiddenTarget("The name of the host cannot be resolved.") from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for address in addresses:
        check_address(ipaddress.ip_address(address.partition("%")[0]), allow_private=allow_private)
    return addresses
