"""The log patterns, one program family a file. The first pattern that matches a line names its failure."""

from hostnetdoctor.match.patterns import (
    databases,
    dns,
    general,
    go,
    java,
    kubernetes,
    native,
    network,
    node,
    python,
    ruby,
    services,
    system,
    web,
)

# In order of precedence; what many programs say comes last.
FAMILIES = (
    kubernetes.__name__,
    web.__name__,
    python.__name__,
    node.__name__,
    java.__name__,
    ruby.__name__,
    native.__name__,
    databases.__name__,
    dns.__name__,
    network.__name__,
    services.__name__,
    system.__name__,
    go.__name__,
    general.__name__,
)
PATTERNS = (
    *kubernetes.PATTERNS,
    *web.PATTERNS,
    *python.PATTERNS,
    *node.PATTERNS,
    *java.PATTERNS,
    *ruby.PATTERNS,
    *native.PATTERNS,
    *databases.PATTERNS,
    *dns.PATTERNS,
    *network.PATTERNS,
    *services.PATTERNS,
    *system.PATTERNS,
    *go.PATTERNS,
    *general.PATTERNS,
)
