"""Mail to the server of EMAIL_URL: Django's backend over connections of our own."""

import smtplib
import socket
import ssl
from typing import Any

from django.core.mail.backends.smtp import EmailBackend

from .connecting import connect
from .places import MAIL

SECONDS = 20.0


class Smtp(smtplib.SMTP):
    """SMTP, in the open at first."""

    def _get_socket(self, host: str, port: int, timeout: Any) -> socket.socket:
        return connect(host, port, MAIL, timeout or SECONDS)


class Smtps(smtplib.SMTP_SSL):
    """SMTP inside TLS; the certificate has to be of the host's name."""

    def _get_socket(self, host: str, port: int, timeout: Any) -> ssl.SSLSocket:
        line = connect(host, port, MAIL, timeout or SECONDS)
        try:
            return self.context.wrap_socket(line, server_hostname=host)
        except BaseException:
            line.close()
            raise


class Backend(EmailBackend):
    """What MAILERS names."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        """The connection that reaches open places only."""
        return Smtps if self.use_ssl else Smtp
