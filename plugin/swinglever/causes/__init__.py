"""What flexed the knee, what could have, and what if it had not."""
