"""How people are signed in: the table `[sign_in]` of the settings, checked.

Here: who signs people in, which groups may see which audience, and how long a session lasts.
Not here: secrets, which are files of their own (`secrets`), and signing in (`dashboard.access`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

_HEADER = re.compile(r"[A-Za-z0-9-]+\Z")
_LONGEST_HOURS = 24


class SignInError(ValueError):
    """The table is wrong; the message names the setting, what is wrong and the remedy."""


class Method(StrEnum):
    """Who says who somebody is."""

    openid = "openid"
    proxy = "proxy"


@dataclass(frozen=True)
class OpenId:
    """A provider of OpenID Connect.

    Attributes:
        provider: Address of its configuration (`…/.well-known/openid-configuration`).
        client: Name under which it knows this monitor.
        person: Claim that names a person, as the access log will.
        groups: Claim with the groups of a person; in the ID token.
        scope: What is asked for.
    """

    provider: str
    client: str
    person: str = "preferred_username"
    groups: str = "groups"
    scope: str = "openid profile email"


@dataclass(frozen=True)
class Proxy:
    """A reverse proxy that signs people in, and says in headers whom.

    Attributes:
        person: Header that names a person.
        groups: Header with the groups of a person, with commas between them.
        peers: Addresses it connects from.
        sign_out: Where it ends a session; empty where it has no such place.
    """

    person: str = "X-Remote-User"
    groups: str = "X-Remote-Groups"
    peers: tuple[str, ...] = ("127.0.0.1", "::1")
    sign_out: str = ""


@dataclass(frozen=True)
class SignIn:
    """How people are signed in.

    Attributes:
        groups: Groups that may see each audience; none of an audience nobody may see.
        addresses: Address in the browser of the dashboard of each audience.
        lifetime: For how long somebody is signed in.
        by: The provider, or the proxy.
    """

    groups: Mapping[str, tuple[str, ...]] = field(hash=False)
    addresses: Mapping[str, str] = field(hash=False)
    lifetime: timedelta
    by: OpenId | Proxy

    @property
    def method(self) -> Method:
        """Who says who somebody is."""
        return Method.openid if isinstance(self.by, OpenId) else Method.proxy

    def may_see(self, audience: str, groups: frozenset[str]) -> bool:
        """Whether somebody of these groups may see an audience."""
        return not groups.isdisjoint(self.groups.get(audience, ()))


def read_sign_in(table: object, audiences: frozenset[str]) -> SignIn:
    """Return the table as it is meant.

    Args:
        table: What TOML made of `[sign_in]`.
        audiences: The audiences there are.

    Raises:
        SignInError: A setting is wrong.
    """
    options = _table("sign_in", table, {"method", "hours", "groups", "addresses", *Method})
    try:
        method = Method(options.get("method", ""))
    except ValueError as error:
        raise SignInError('sign_in.method: choose "openid" or "proxy"') from error
    groups = _table("sign_in.groups", options.get("groups", {}), audiences)
    addresses = _table("sign_in.addresses", options.get("addresses", {}), audiences)
    if not groups or set(groups) != set(addresses):
        raise SignInError(
            "sign_in: name under [sign_in.groups] and [sign_in.addresses] the same audiences, "
            "each with its groups and its address in the browser"
        )
    hours = options.get("hours", 8)
    if not isinstance(hours, int | float) or not 0 < hours <= _LONGEST_HOURS:
        raise SignInError(f"sign_in.hours: {hours!r} is not more than 0 and at most 24")
    own = options.get(method, {})
    return SignIn(
        {name: _texts(f"sign_in.groups.{name}", value) for name, value in groups.items()},
        {name: _origin(f"sign_in.addresses.{name}", value) for name, value in addresses.items()},
        timedelta(hours=hours),
        _open_id(own) if method is Method.openid else _proxy(own),
    )


def _open_id(table: object) -> OpenId:
    options = _table("sign_in.openid", table, set(OpenId.__dataclass_fields__))
    for name, value in options.items():
        _text(f"sign_in.openid.{name}", value)
    if not {"provider", "client"} <= set(options):
        raise SignInError("sign_in.openid: name provider and client")
    where = urlsplit(options["provider"])
    if where.scheme != "https" and not (where.scheme == "http" and is_loopback(where.hostname)):
        raise SignInError("sign_in.openid.provider: must begin with https://")
    return OpenId(**options)


def _proxy(table: object) -> Proxy:
    options = _table("sign_in.proxy", table, set(Proxy.__dataclass_fields__))
    for name in {"person", "groups"} & set(options):
        # A sign below a name is read as a hyphen by some servers: that would make two of one.
        if not _HEADER.match(_text(f"sign_in.proxy.{name}", options[name])):
            raise SignInError(f"sign_in.proxy.{name}: a header has letters, digits and hyphens")
    if "peers" in options:
        options["peers"] = _texts("sign_in.proxy.peers", options["peers"])
        for peer in options["peers"]:
            try:
                ip_address(peer)
            except ValueError as error:
                raise SignInError(f"sign_in.proxy.peers: {peer!r} is no IP address") from error
    if not re.match(r"/[^/\\\s]|\Z", _text("sign_in.proxy.sign_out", options.get("sign_out", ""))):
        raise SignInError("sign_in.proxy.sign_out: a path of the same address, such as /afmelden")
    return Proxy(**options)


def is_loopback(host: str | None) -> bool:
    """Whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return host is not None and ip_address(host).is_loopback
    except ValueError:
        return False


def _table(name: str, value: object, known: set[str] | frozenset[str]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise SignInError(f"{name}: must be a table")
    if unknown := sorted(set(value) - known):
        raise SignInError(
            f"{name}: unknown {', '.join(unknown)}; known: {', '.join(sorted(known))}"
        )
    return dict(value)


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.isprintable():
        raise SignInError(f"{name}: must be a text")
    return value


def _texts(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise SignInError(f'{name}: must be a list with something in it, such as ["analisten"]')
    return tuple(_text(name, text) for text in value)


def _origin(name: str, value: object) -> str:
    """Return an address as a browser names it: scheme, host and a port that is not the usual."""
    address = _text(name, value).rstrip("/").lower()
    where = urlsplit(address)
    if where.scheme != "https" and not (where.scheme == "http" and is_loopback(where.hostname)):
        raise SignInError(f"{name}: {value!r} must begin with https://, or lead to this machine")
    if address != f"{where.scheme}://{where.netloc}" or "@" in where.netloc:
        raise SignInError(f"{name}: {value!r} has more than a host and a port")
    return address.removesuffix({"https": ":443", "http": ":80"}[where.scheme])
