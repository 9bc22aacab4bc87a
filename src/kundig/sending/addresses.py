"""Where a message may go: a name is resolved once, checked, and the address that was checked is the one that is called."""

from __future__ import annotations

import socket
from collections.abc import Callable, Collection
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

_TRANSLATED = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))
"""Where a translator puts addresses of the old kind. Sources: RFC 6052, RFC 8215."""

Resolved = Callable[[str, int], list[str]]


class RefusedError(Exception):
    """A message may not go there; the reason is the message."""


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, as the system's resolver gives them.

    Raises:
        OSError: there is no such host, or nobody answers for it.
    """
    return [str(found[4][0]) for found in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


def address(host: str, port: int, allowed: Collection[str] = (), resolve: Resolved = resolved) -> str:
    """The address to call for a host: one of the public internet, unless the host is allowed by name.

    All its addresses must be public: a name with one inside and one outside is refused.

    >>> address("example.org", 443, resolve=lambda host, port: ["93.184.216.34"])
    '93.184.216.34'

    Raises:
        RefusedError: the host leads inside.
        OSError: there is no such host.
    """
    found = resolve(host, port)
    if not found:
        raise OSError(f"{host} has no address")
    if host not in allowed:
        inside = [one for one in found if not _public(one)]
        if inside:
            raise RefusedError(f"{host} leads to {inside[0]}, which is not an address of the public internet; KUNDIG_WEBHOOK_HOSTS names hosts that may be called all the same")
    return found[0]


def _public(text: str) -> bool:
    found: IPv4Address | IPv6Address = ip_address(text.partition("%")[0])
    if isinstance(found, IPv6Address):
        # An address of the old kind inside one of the new kind is judged as what it is.
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if any(found in network for network in _TRANSLATED):
            inner = IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return _public(str(inner))
    return found.is_global and not found.is_multicast
