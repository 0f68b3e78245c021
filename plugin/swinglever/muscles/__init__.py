"""What pulled: the muscles of a leg along its swings, and who finds their forces."""
