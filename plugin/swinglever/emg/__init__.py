"""From raw signals to activation."""
