from __future__ import annotations

import pytest

from engine.core.errors import UserError
from engine.encrypted.address import Address, is_loopback, server_tls


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:7707", Address("127.0.0.1", 7707)),
        ("encrypted:localhost", Address("localhost", 7707)),
        ("encrypted:[::1]:80?answer=bits", Address("::1", 80, "bits")),
        ("a.example:1?ca=%2Fx%2Fy.pem", Address("a.example", 1, "scores", "/x/y.pem")),
    ],
)
def test_an_address_reads_as_it_is_written(text, address):
    assert Address.read(text) == address == Address.read(address.spec)


@pytest.mark.parametrize("text", ["", ":80", "a:b", "a:0", "a:70000", "a:1?answer=x", "a:1?b=2"])
def test_what_is_no_address_is_said(text):
    with pytest.raises(UserError, match=r"is no address of a server; give HOST:PORT"):
        Address.read(text)


def test_beyond_loopback_there_is_tls_or_nothing(tmp_path):
    assert is_loopback("127.0.0.2") and is_loopback("::1") and is_loopback("localhost")
    assert not is_loopback("0.0.0.0") and not is_loopback("a.example")
    assert Address("127.0.0.1").tls() is None
    assert Address("192.0.2.1").tls() is not None
    assert server_tls("127.0.0.1", None, None) is None
    with pytest.raises(
        UserError, match=r"0\.0\.0\.0 is reachable from other machines: give --cert"
    ):
        server_tls("0.0.0.0", None, None)
    bad = tmp_path / "no.pem"
    bad.write_text("no")
    with pytest.raises(UserError, match="no certificate with its key"):
        server_tls("0.0.0.0", bad, None)
    with pytest.raises(UserError, match="holds no certificates"):
        Address("192.0.2.1", ca=str(bad)).tls()
