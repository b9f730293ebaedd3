"""The usual ports of well-known programs: a hint where nothing else tells, and never more.

Each is the default of the program's own documentation or of its official image (`EXPOSE`).
"""

from __future__ import annotations

from collections.abc import Mapping

from hostnetdoctor.model import ContainerSpec

_DEFAULTS: Mapping[str, tuple[int, ...]] = {
    "apache": (80,),
    "blackbox-exporter": (9115,),
    "caddy": (80, 443, 2019),
    "consul": (8500, 8600),
    "coredns": (53,),
    "elasticsearch": (9200, 9300),
    "etcd": (2379, 2380),
    "fluentd": (24224,),
    "grafana": (3000,),
    "httpd": (80,),
    "kube-proxy": (10249, 10256),
    "mariadb": (3306,),
    "memcached": (11211,),
    "mongo": (27017,),
    "mosquitto": (1883,),
    "mysql": (3306,),
    "nats": (4222, 8222),
    "nginx": (80,),
    "nginx-ingress-controller": (80, 443, 8181, 10254),
    "node-exporter": (9100,),
    "postgres": (5432,),
    "prometheus": (9090,),
    "rabbitmq": (5672, 15672),
    "redis": (6379,),
    "registry": (5000,),
    "speaker": (7472, 7946),  # metallb
    "traefik": (80, 8080),
    "valkey": (6379,),
    "zookeeper": (2181,),
}


def program(image: str) -> str:
    """Return an image's name without registry, tag and digest: `quay.io/prometheus/node-exporter:v1` is node-exporter."""
    return image.partition("@")[0].rpartition("/")[2].partition(":")[0]


def usual_ports(container: ContainerSpec) -> tuple[int, ...]:
    """Return the ports that a container's program uses unless it is told otherwise; empty for a program unknown here."""
    return _DEFAULTS.get(program(container.image), ())
