"""Kubernetes and its runtimes: control plane, kubelet, kube-proxy, ingress controllers, docker, CRI-O, CNI, and events."""

from __future__ import annotations

from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import FailureKind, Protocol

COMMAND_FAILED = Pattern(
    id="k8s-command-failed",
    title="Kubernetes components: the last line of a command (k8s.io/component-base/cli/run.go)",
    needles=("command failed",),
    regex=r"\"command failed\" err=.{0,300}\blisten (?P<protocol>\w+) (?P<address>\S{1,120}): bind: ",
    fatal=True,
    matches=(
        Example(
            text='E0102 03:04:05.000000       1 run.go:72] "command failed" err="failed to create listener: failed to listen on 0.0.0.0:10259: listen tcp 0.0.0.0:10259: bind: address already in use"',
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=10259,
            fatal=True,
        ),
    ),
    ignores=('E0102 03:04:05.000000       1 run.go:72] "command failed" err="unknown flag"',),
)

KUBELET_HEALTHZ = Pattern(
    id="kubelet-healthz",
    title="kubelet: the healthz server, which is retried (pkg/kubelet/server)",
    needles=("start healthz server",),
    regex=r"\"Failed to start healthz server\" err=.{0,100}\blisten (?P<protocol>\w+) (?P<address>\S{0,60}:10248): bind: ",
    fatal=False,
    matches=(
        Example(
            text='E0102 03:04:05.000000 1 kubelet.go:1] "Failed to start healthz server" err="listen tcp 127.0.0.1:10248: bind: address already in use"',
            protocol=Protocol.TCP,
            address="127.0.0.1",
            port=10248,
            fatal=False,
        ),
    ),
    ignores=('"Failed to start healthz server" err="http: Server closed"',),
)

KUBE_PROXY = Pattern(
    id="kube-proxy-node-port",
    title="kube-proxy: a NodePort that cannot be opened, and is skipped (pkg/proxy, until 1.26)",
    needles=("an't open port", "an't open \"", "an't open \\\""),
    regex=r"\bcan't open (?:port|\"[^\"]{1,200}\" \((?P<address>\S{0,60}:\d{1,5}/(?P<protocol>\w{3,4}))\)), skipping (?:it|this (?:nodePort|externalIP))",
    kind=FailureKind.ADDRESS_IN_USE,
    fatal=False,
    matches=(
        Example(
            text='can\'t open "nodePort for default/web:http" (:30633/tcp), skipping this nodePort: listen tcp4 :30633: bind: address already in use',
            protocol=Protocol.TCP,
            port=30633,
            fatal=False,
        ),
        Example(
            text='"can\'t open port, skipping it" err="listen tcp4 :31915: bind: address already in use" port={Description:nodePort for default/web IP: IPFamily:4 Port:31915 Protocol:TCP}',
            protocol=Protocol.TCP,
            port=31915,
            fatal=False,
        ),
    ),
    ignores=("can't open port forwarding",),
)

INGRESS_FLAG = Pattern(
    id="ingress-nginx-flag",
    title="ingress-nginx: the check of its ports before it starts (cmd/nginx/flags.go), for every error of listen",
    needles=("Please check the flag --",),
    regex=r"\bport (?P<port>\d{1,5}) is already in use\. Please check the flag --(?:(?P<tcp>[\w-]+))",
    kind=FailureKind.ADDRESS_IN_USE,
    fatal=True,
    matches=(
        Example(
            text="F0102 03:04:05.000000       7 main.go:59] port 80 is already in use. Please check the flag --http-port",
            protocol=Protocol.TCP,
            port=80,
            fatal=True,
        ),
    ),
    ignores=("Please check the flag --http-port",),
)

DOCKER_PORT = Pattern(
    id="docker-port",
    title="Docker: a published port (libnetwork portallocator, portmapper)",
    needles=("port is already allocated", "starting userland proxy", "exposing port"),
    regex=r"\b[Bb]ind for (?P<address>\S{1,80}) failed: port is already allocated|\bstarting userland proxy: .{0,200}|\b(?:error|failure) exposing port.{0,200}",
    otherwise=FailureKind.ADDRESS_IN_USE,
    sure=True,
    matches=(
        Example(
            text="Error response from daemon: driver failed programming external connectivity on endpoint web (abc): Bind for 0.0.0.0:5000 failed: port is already allocated",
            protocol=None,
            address="0.0.0.0",
            port=5000,
        ),
        Example(
            text="Error starting userland proxy: listen tcp4 0.0.0.0:53: bind: address already in use",
            protocol=Protocol.TCP,
            address="0.0.0.0",
            port=53,
        ),
    ),
    ignores=("Error starting userland process",),
)

CRIO_HOSTPORT = Pattern(
    id="crio-host-port",
    title="CRI-O and the old kubelet: a host port's socket (internal/hostport)",
    needles=("cannot open hostport",),
    regex=r"\bcannot open hostport (?P<port>\d{1,5}) for pod\b",
    otherwise=FailureKind.ADDRESS_IN_USE,
    sure=True,
    matches=(
        Example(
            text="cannot open hostport 8080 for pod k8s_web_default_0: listen tcp4 :8080: bind: address already in use",
            protocol=Protocol.TCP,
            port=8080,
        ),
    ),
    ignores=("cannot open hostport manager",),
)

MEMBERLIST = Pattern(
    id="memberlist",
    title="memberlist, and with it MetalLB, Consul, Alertmanager, Loki (net_transport.go)",
    needles=('listener on "', 'listener on \\"'),
    regex=r"\b[Ff]ailed to start (?P<protocol>TCP|UDP) listener on \"(?P<address>[^\"]{1,60}\" port \d{1,5})",
    otherwise=FailureKind.OTHER,
    matches=(
        Example(
            text='Failed to start TCP listener on "10.0.0.5" port 7946: listen tcp 10.0.0.5:7946: bind: address already in use',
            protocol=Protocol.TCP,
            address="10.0.0.5",
            port=7946,
        ),
        Example(
            text='failed to start UDP listener on "0.0.0.0" port 7946',
            kind=FailureKind.OTHER,
            protocol=Protocol.UDP,
            address="0.0.0.0",
            port=7946,
        ),
    ),
    ignores=('added a listener on "events"',),
)

PATTERNS = (
    COMMAND_FAILED,
    KUBELET_HEALTHZ,
    KUBE_PROXY,
    INGRESS_FLAG,
    CRIO_HOSTPORT,
    MEMBERLIST,
    DOCKER_PORT,
)
