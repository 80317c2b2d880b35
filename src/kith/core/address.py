"""Where Kith listens, and how people reach it."""

import socket
from urllib.parse import urlsplit

from kith import env


def host() -> str:
    """The network address to listen on."""
    return env.text("KITH_HOST", "127.0.0.1", "Network address to listen on; 0.0.0.0 opens Kith to the LAN.")


def port() -> int:
    """The TCP port to listen on."""
    return env.number("KITH_PORT", 8000, "TCP port to listen on.", low=1, high=65535)


def base_url() -> str:
    """The address that people type, without a slash at the end."""
    usual = f"http://localhost:{port()}"
    url = env.text("BASE_URL", usual, "The address people type; https makes cookies Secure.").rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise env.BadSetting(f"BASE_URL={url}: must begin with http:// or https://")
    return url


def files_url() -> str:
    """The second address, from which files come; "" for none."""
    url = env.text("FILES_URL", "", "A second host name, such as https://files.example.org, from which uploaded files come; it leads to Kith as well.").rstrip("/")  # fmt: skip
    if url and (not url.startswith(("http://", "https://")) or urlsplit(url).hostname == urlsplit(base_url()).hostname):
        raise env.BadSetting(
            f"FILES_URL={url}: must begin with http:// or https:// and name another host than BASE_URL"
        )
    return url


def is_free() -> bool:
    """Whether nobody else listens there."""
    family = socket.AF_INET6 if ":" in host() else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host(), port()))
        except OSError:
            return False
    return True
