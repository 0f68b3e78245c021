"""OpenSim's own tools beside ours, on a user's own trial: differences, speeds, pass or fail."""
