"""Java and the JVM: sockets, Spring Boot, Tomcat, Jetty, Netty, Undertow, Vert.x."""

from __future__ import annotations

from hostnetdoctor.match.pattern import Example, Pattern
from hostnetdoctor.model import Protocol

SPRING = Pattern(
    id="spring-boot",
    title="Spring Boot: PortInUseFailureAnalyzer and PortInUseException",
    needles=("Web server failed to start", "PortInUseException", "is already in use"),
    regex=r"\bWeb server failed to start\. Port (?P<port>\d{1,5}) was already in use|\bPortInUseException: Port (?P<port>\d{1,5}) is already in use",
    protocol=Protocol.TCP,
    fatal=True,
    matches=(
        Example(
            text="Web server failed to start. Port 8080 was already in use.",
            protocol=Protocol.TCP,
            port=8080,
            fatal=True,
        ),
        Example(
            text="org.springframework.boot.web.server.PortInUseException: Port 8080 is already in use",
            protocol=Protocol.TCP,
            port=8080,
            fatal=True,
        ),
    ),
    ignores=("Port 8080 was not in use by the web server",),
)

BIND_EXCEPTION = Pattern(
    id="java-bind-exception",
    title="Java: java.net.BindException, with the port on a neighbouring line",
    needles=("BindException",),
    regex=r"\bBindException\b",
    protocol=Protocol.TCP,
    matches=(
        Example(
            text='Exception in thread "main" java.net.BindException: Address already in use\n\tat java.base/sun.nio.ch.Net.bind0(Native Method)',
            protocol=Protocol.TCP,
            fatal=True,
        ),
        Example(
            text='SEVERE: Failed to initialize component [Connector["http-nio-8080"]]\nCaused by: java.net.BindException: Address already in use',
            protocol=Protocol.TCP,
            port=8080,
        ),
        Example(
            text="java.net.BindException: Address already in use: bind\n\tat java.base/java.net.DatagramSocket.<init>(DatagramSocket.java:330)",
            protocol=Protocol.UDP,
        ),
    ),
    ignores=("java.net.ConnectException: Connection refused",),
)

PATTERNS = (SPRING, BIND_EXCEPTION)
