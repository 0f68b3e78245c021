"""Equations of motion: of the swing leg, of the whole body, and how the segments moved."""
