"""Nobody holds the port: no privilege, no such address; and crashes that have nothing to do with a port."""

from __future__ import annotations

import pytest

from tests.e2e.conftest import Happening
from tests.e2e.doctor import diagnose
from tests.e2e.real_cluster import RealCluster

pytestmark = pytest.mark.e2e


def test_a_low_port_without_privilege(cluster: RealCluster, happening: Happening) -> None:
    """A user without privilege may not listen below 1024, also where the program does not say on which port."""
    with happening("low-port"):
        answer = diagnose(cluster, "-n", "e2e-low-port")

    ports = {each["victim"]["container"]: each["port"] for each in answer.facts}
    assert {"exporter", "httpd"} == set(ports)
    assert 910 == ports["exporter"]
    assert {"port-needs-privilege"} == {each["cause"] for each in answer.facts}
    assert [[], []] == [each["holders"] for each in answer.facts]


def test_an_address_of_no_interface(cluster: RealCluster, happening: Happening) -> None:
    """An address that the node does not have is no conflict."""
    with happening("foreign-address"):
        answer = diagnose(cluster, "-n", "e2e-foreign-address")

    assert {("exporter", "address-not-on-node", 9101), ("nginx", "address-not-on-node", 8084)} == {
        (each["victim"]["container"], each["cause"], each["port"]) for each in answer.facts
    }
    assert [["192.0.2.10"], ["192.0.2.10"]] == [each["addresses"] for each in answer.diagnoses]


def test_other_crashes(cluster: RealCluster, happening: Happening) -> None:
    """Crash loops over a setting, a flag, or a connection that was refused are none of our business."""
    with happening("other-crashes"):
        answer = diagnose(cluster, "-n", "e2e-other-crashes")

    assert [] == answer.facts
    assert 0 == answer.code
