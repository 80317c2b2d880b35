"""Where Kith may connect to: names of hosts, ports and addresses, checked before anything is sent.

`ipaddress.is_global` is no such check: it lets multicast, NAT64 of 127.0.0.1 and `::127.0.0.1` pass. Private addresses are
open only where the operator names them in the environment, for each purpose apart: a mail server in the LAN does not let
a web address that somebody types reach the LAN.
"""

import ipaddress
import re
import unicodedata
from dataclasses import dataclass
from functools import cache

from kith import env

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network

DENIED: tuple[Network, ...] = tuple(map(ipaddress.ip_network, (
    "0.0.0.0/8",           # this host
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16",  # private
    "100.64.0.0/10",       # shared by customers of a carrier
    "127.0.0.0/8",         # loopback
    "169.254.0.0/16",      # link-local: also where clouds keep their secrets
    "192.0.0.0/24", "192.88.99.0/24",  # of protocols; relays of 6to4
    "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24",  # examples of documents
    "198.18.0.0/15",       # benchmarks
    "224.0.0.0/4",         # multicast
    "240.0.0.0/4",         # reserved, broadcast
    # Everything that is no global unicast: loopback, IPv4 mapped (::ffff:0:0/96) and compatible (::/96), NAT64
    # (64:ff9b::/96, 64:ff9b:1::/48), discard, unique local (fc00::/7), link-local, site-local, multicast.
    "::/3", "4000::/2", "8000::/1",
    "2001::/23",           # of protocols: Teredo (2001::/32), benchmarks, ORCHID
    "2001:db8::/32", "3fff::/20",  # examples of documents
    "2002::/16",           # 6to4: an IPv4 address inside
)))  # fmt: skip
LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
#: What old programs read as an IPv4 address when it ends a name: 127.1, 0177.0.0.1, 0x7f.1, 2130706433.
NUMERIC = re.compile(r"\d+|0x[0-9a-f]*")


class Denied(OSError):
    """Kith does not connect there; says why. An error of the network to libraries that know nothing of us."""


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a connection is for: the ports it may go to, and private networks that the operator opened for it."""

    name: str
    ports: frozenset[int]
    setting: str

    @property
    def opened(self) -> tuple[Network, ...]:
        """Networks of the operator; any port of theirs is open too."""
        return own_networks()[self.setting]


WEB = Purpose("web", frozenset({80, 443}), "EGRESS_WEB_PRIVATE")
MAIL = Purpose("mail", frozenset({25, 465, 587, 143, 993}), "EGRESS_MAIL_PRIVATE")


@cache
def own_networks() -> dict[str, tuple[Network, ...]]:
    """What the environment opens, read once."""
    return {
        "EGRESS_WEB_PRIVATE": _networks(
            "EGRESS_WEB_PRIVATE",
            "Private addresses or networks, such as 192.168.1.7, that web requests of Kith may reach, on any port.",
        ),
        "EGRESS_MAIL_PRIVATE": _networks(
            "EGRESS_MAIL_PRIVATE",
            "Private addresses or networks, such as 192.168.1.5 or 127.0.0.1, where your mail server is, on any port.",
        ),
    }


def _networks(name: str, help: str) -> tuple[Network, ...]:
    try:
        return tuple(ipaddress.ip_network(word) for word in env.words(name, (), help, shown="none"))
    except ValueError as error:
        raise env.BadSetting(f"{name}: {error}; write addresses or networks, such as 192.168.1.0/24") from None


def host_of(text: str) -> str:
    """A host as it may be looked up: an address in its usual form, or a name in ASCII. Raises Denied for what only looks like one."""
    host = text.strip().removesuffix(".").lower()
    if address := _literal(host.removeprefix("[").removesuffix("]") if host.startswith("[") else host):
        return str(address)
    name = _ascii(host)
    labels = name.split(".")
    if len(name) > 253 or not all(map(LABEL.fullmatch, labels)) or NUMERIC.fullmatch(labels[-1]):
        raise Denied(f"{text[:100]!r} is no name of a host.")
    return name


def _literal(text: str) -> Address | None:
    """The address that a text is, in the one form that everybody reads alike."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    return None if "%" in text else address


def _ascii(host: str) -> str:
    """A name of other letters as DNS knows it; refuses letters that stand for others, such as ① for 1."""
    if host.isascii():
        return host
    if unicodedata.normalize("NFKC", host) != unicodedata.normalize("NFC", host):
        raise Denied(f"{host[:100]!r} is written in letters that stand for others.")
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError:
        raise Denied(f"{host[:100]!r} is no name of a host.") from None


def check(address: Address, port: int, purpose: Purpose) -> None:
    """Raise Denied for an address or a port that is not for this purpose."""
    if any(address in network for network in purpose.opened if network.version == address.version):
        return
    if any(address in network for network in DENIED if network.version == address.version):
        raise Denied(f"{address} is a private or reserved address; whoever runs Kith can open it in {purpose.setting}.")
    if port not in purpose.ports:
        raise Denied(f"port {port} is not open for {purpose.name}; open are {sorted(purpose.ports)}.")
