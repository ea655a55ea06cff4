"""Where webhooks do not go: to this machine, unless the URL says so, and to a cloud's metadata."""

from datetime import UTC, datetime

import pytest

from orchestration.webhooks.delivery import deliver
from orchestration.webhooks.peers import check_peer


@pytest.mark.parametrize("name", ["2130706433", "0x7f.1", "0", "127.1"])
def test_a_name_that_leads_to_this_machine_gets_nothing(receiver, name):
    url = receiver.url.replace("127.0.0.1", name)
    delivery = deliver(url, b"key", "msg_1", b"{}", datetime.now(UTC))
    assert receiver.received == []
    assert delivery.outcome == "refused"
    assert "the name leads to 127.0.0.1, this machine" in (delivery.error or "")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_url_that_says_this_machine_means_it(receiver, host):
    url = receiver.url.replace("127.0.0.1", host)
    assert deliver(url, b"key", "msg_1", b"{}", datetime.now(UTC)).outcome == "sent"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        *(("169.254.169.254", "169.254.169.254"), ("metadata.example", "169.254.169.254")),
        *(("[fe80::1]", "fe80::1%lo"), ("mapped.example", "::ffff:169.254.169.254")),
        *(("mapped.example", "::ffff:127.0.0.1"), ("six.example", "::1"), ("many.example", "224.0.0.1")),
        *(("translated.example", f"64:ff9b::{inner}") for inner in ("a9fe:a9fe", "7f00:1", "e000:1")),
        *(("tunnel.example", "2002:a9fe:a9fe::1"), ("tunnel.example", "2002:7f00:1::1")),
        *((host, "fd00:ec2::254") for host in ("cloud.example", "[fd00:ec2::254]")),
        *((host, "100.100.100.200") for host in ("cloud.example", "100.100.100.200")),
        *(("shared.example", "100.64.0.7"), ("shared.example", "64:ff9b::6440:7")),
    ],
)
def test_addresses_that_are_refused(host, address):
    with pytest.raises(PermissionError):
        check_peer(host, address)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        *(("hooks.example", "203.0.113.7"), ("build.lan", "192.168.1.7"), ("build.lan", "fd12::7"), ("[::1]", "::1")),
        *(("hooks.example", "64:ff9b::8c52:7903"), ("100.64.0.7", "100.64.0.7")),
    ],
)
def test_addresses_that_are_asked(host, address):
    check_peer(host, address)
