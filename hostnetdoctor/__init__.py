"""hostnet-doctor names the holder of a port that a Kubernetes pod cannot listen on."""

__version__ = "0.1.0"
