"""Muscle solvers, a file each: functions of a leg's muscles (`LegMuscles`) to their forces (`LegForces`), or None.

All that a solver may need is reached through what it is given: ``legs.dynamics`` has the net joint moments,
``legs.dynamics.swings`` the swings, how the whole model moved in them and the inputs: the model, the recording with its
ground forces, EMG, and the parameters.
"""
