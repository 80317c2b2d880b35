"""Web addresses: which are accepted, and which domain stands for a company."""

import re
from urllib.parse import urlsplit

from .problems import Problem
from .public_domains import PUBLIC_MAIL_DOMAINS, SHARED_WEB_DOMAINS

_LABEL = r"[^\W_](?:[\w-]{0,61}[^\W_])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*\.?")
_BARE = re.compile(rf"{_LABEL}(?:\.{_LABEL})+\.?(?::\d{{1,5}})?(?:[/?#].*)?")
_UNUSABLE = re.compile('[\\s\x00-\x1f\x7f\\\\<>"\ud800-\udfff]')
_SCHEME = re.compile("(https?)://", re.I)


def normalise_url(text: str) -> str:
    """Return a web address as it is stored (R17): scheme and host in lower case.

    A bare host name with a dot gets https:// in front; http and https with a host are accepted.
    Raises Problem("bad_web_address") for everything else.
    """
    typed = text.strip()
    if _UNUSABLE.search(typed):
        raise Problem("bad_web_address", value=typed)
    if _BARE.fullmatch(typed):
        typed = f"https://{typed}"
    scheme = _SCHEME.match(typed)
    if scheme is None or not _host(typed):
        raise Problem("bad_web_address", value=text.strip())
    rest = typed[scheme.end() :]
    end = min((at for mark in "/?#" if (at := rest.find(mark)) >= 0), default=len(rest))
    user, sign, host = rest[:end].rpartition("@")
    return f"{scheme[1].lower()}://{user}{sign}{host.lower()}{rest[end:]}"


def web_domain(url: str) -> str:
    """Return the domain by which a web address names its company, without "www.".

    "" for a shared site (vk.com, linkedin.com), a free provider, an IP address or no address.
    """
    try:
        host = _host(normalise_url(url))
    except Problem:
        return ""
    domain = _unicode(host.removeprefix("www.").rstrip("."))
    shared = domain in SHARED_WEB_DOMAINS or domain in PUBLIC_MAIL_DOMAINS
    return "" if shared or "." not in domain or not domain.rpartition(".")[2].isalpha() else domain


def _host(url: str) -> str:
    """Return the host of an address, "" when there is no usable one."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) or ":" in host else ""


def _unicode(host: str) -> str:
    try:
        return host.encode("ascii").decode("idna") if "xn--" in host else host
    except UnicodeError:
        return host
