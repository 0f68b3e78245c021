"""The records of a swing's results under one roof, each from the module of its own name."""

from swinglever.records.ablation import Ablation
from swinglever.records.attribution import Attribution
from swinglever.records.bands import Bands
from swinglever.records.kinematics import Kinematics
from swinglever.records.muscle_forces import MUSCLE_ARRAYS, MuscleForces

__all__ = ["MUSCLE_ARRAYS", "Ablation", "Attribution", "Bands", "Kinematics", "MuscleForces"]
