"""How sure: the causes found again, with varied inputs."""
