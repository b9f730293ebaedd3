"""What sends a report somewhere. Nothing below this layer writes to anything but a stream or a file."""
