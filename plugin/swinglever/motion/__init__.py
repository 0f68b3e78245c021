"""How the joints moved, and where the swings are."""
