"""Which addresses are public, in whatever spelling."""

import socket
from ipaddress import ip_address

import httpcore
import pytest

from connectors import guard
from connectors.errors import Rejected, TemporaryFailure


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.1", "10.1.2.3", "127.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1", "100.64.0.1", "224.0.0.1",
        "255.255.255.255", "192.0.2.1", "::", "::1", "fe80::1", "fc00::1", "fec0::1", "ff02::1",
        "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254",
        "2002:7f00:1::", "2002:a00:1::1", "2001:0:4136:e378:8000:63bf:80ff:fffe",
    ],
)  # fmt: skip
def test_what_is_inside_is_not_public(address):
    assert not guard.public(ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "1.1.1.1", "2606:4700::1111", "::ffff:1.1.1.1", "2a00:1450::1"])
def test_what_is_outside_is_public(address):
    assert guard.public(ip_address(address))


def test_every_address_of_a_name_has_to_be_public(monkeypatch):
    found = [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: found)

    with pytest.raises(Rejected, match=r"both.example is no public address"):
        list(guard.fetch("https://both.example/x", most=10, seconds=5))


def test_the_address_that_was_judged_is_the_one_that_is_asked(monkeypatch):
    asked, answers = [], iter([("1.1.1.1", 443), ("127.0.0.1", 443)])

    def connect(self, host, *rest):
        asked.append(host)
        raise httpcore.ConnectError

    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: [(2, 1, 6, "", next(answers))])
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)

    with pytest.raises(TemporaryFailure):
        list(guard.fetch("https://rebinding.example/x", most=10, seconds=5))
    assert asked == ["1.1.1.1"]
