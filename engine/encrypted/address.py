"""How a server of encrypted inference is named: ``encrypted:HOST:PORT?answer=bits&ca=F.pem``."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args
from urllib.parse import parse_qsl, urlencode

from engine.core.errors import UserError
from engine.encrypted.parameters import Answer

if TYPE_CHECKING:
    import ssl

PREFIX = "encrypted:"
PORT = 7707
"""The usual one."""


@dataclass(frozen=True)
class Address:
    """A server and what is asked of it.

    Attributes:
        host, port: where it listens.
        answer: scores or comparisons.
        ca: file of certificates to trust instead of the system's; beyond loopback there is TLS.
    """

    host: str
    port: int = PORT
    answer: Answer = "scores"
    ca: str = ""

    @classmethod
    def read(cls, text: str) -> Address:
        """The address that a text means, with or without its prefix.

        Raises:
            UserError: it is none.
        """
        place, _, query = text.removeprefix(PREFIX).partition("?")
        host, colon, port = place.rpartition(":")
        if not colon:
            host, port = place, str(PORT)
        host = host.strip("[]")
        asked = dict(parse_qsl(query))
        answer = asked.pop("answer", "scores")
        ca = asked.pop("ca", "")
        right = port.isascii() and port.isdecimal() and 0 < int(port) < 65536
        if not host or not right or asked or answer not in get_args(Answer):
            said = text if right else place  # without what other flags added
            raise UserError(
                f"'{said}' is no address of a server; give HOST:PORT, such as 127.0.0.1:{PORT}."
            )
        return cls(host, int(port), "bits" if answer == "bits" else "scores", ca)

    @property
    def spec(self) -> str:
        """As a model is named."""
        asked: dict[str, str] = {"answer": self.answer} if self.answer != "scores" else {}
        asked |= {"ca": self.ca} if self.ca else {}
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{PREFIX}{host}:{self.port}{'?' + urlencode(asked) if asked else ''}"

    @property
    def place(self) -> str:
        """For people."""
        return f"{self.host}:{self.port}"

    @property
    def here(self) -> bool:
        """Whether it is this machine's own."""
        return is_loopback(self.host)

    def tls(self) -> ssl.SSLContext | None:
        """What the connection is secured with; None on this machine's own address.

        Raises:
            UserError: the file of certificates cannot be read.
        """
        if self.here and not self.ca:
            return None
        import ssl

        try:
            return ssl.create_default_context(cafile=self.ca or None)
        except (OSError, ssl.SSLError) as error:
            raise UserError(f"{self.ca} holds no certificates that can be read.") from error


def is_loopback(host: str) -> bool:
    """Whether an address leads to this machine alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def server_tls(host: str, certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """What a server secures its connections with; None on loopback, where none is asked for.

    Raises:
        UserError: beyond loopback without a certificate, or files that cannot be read.
    """
    if certificate is None:
        if is_loopback(host) and key is None:
            return None
        raise UserError(
            f"{host} is reachable from other machines: give --certificate and --key (PEM), or "
            "listen on 127.0.0.1."
        )
    import ssl

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(certificate, key)
    except (OSError, ssl.SSLError) as error:
        raise UserError(
            f"{certificate} and {key or certificate} are no certificate with its key in PEM."
        ) from error
    return context
