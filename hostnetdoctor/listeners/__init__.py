"""Who listens, or says it will listen, on what: the port map of a network, and the rules by which two addresses collide."""
