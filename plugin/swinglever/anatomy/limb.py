"""The part of a model that carries one leg: what the dynamics of its swing depend on."""

from dataclasses import dataclass, replace

from swinglever.anatomy.legs import find_legs
from swinglever.anatomy.model import Leg, Model, Side, restrict
from swinglever.anatomy.naming import names_of
from swinglever.arrays import Ints


@dataclass(frozen=True, kw_only=True)
class Limb:
    """Pelvis and one leg, as a model of their own.

    Parameters
    ----------
    model
        Pelvis and leg only.
    leg
        Its coordinates and bodies, by index into ``model``.
    coordinates
        (n) where its coordinates stand in the whole model.
    """

    model: Model
    leg: Leg
    coordinates: Ints

    @property
    def released(self) -> list[int]:
        """The leg's free coordinates (f), by index into ``model``."""
        return list(self.leg.released)

    @property
    def released_in_whole(self) -> list[int]:
        """The same, by index into the whole model."""
        return [int(k) for k in self.coordinates[self.released]]

    @property
    def released_names(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.model.coordinate_names[k] for k in self.leg.released)


def take_limb(model: Model, side: Side) -> Limb:
    """Take the pelvis and one leg out of a model."""
    leg = model.legs[side]
    part, coordinates = restrict(model, (leg.pelvis_body, *leg.bodies))
    own = find_legs(part.tree, part.coordinates, part.body_names, {side: names_of(model, leg)})[side]
    return Limb(model=part, leg=replace(own, knee_sign=leg.knee_sign), coordinates=coordinates)
