"""Muscle models: force curves of one muscle type a file, and the rigid-tendon fibre states that they share."""
