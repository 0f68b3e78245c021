"""Bodies and joints: forward kinematics and the equation of motion of any tree."""
