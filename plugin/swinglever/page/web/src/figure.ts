/** What draws the runner: WebGL where there is any, else a stick figure. Both look from the same place. */

import type { Colouring } from "./motion";
import type { Player } from "./player";

export interface Looks {
  colouring: Colouring;
  ghost: string;
  /** Where from, in radians: 0 is from the swing leg's side, a quarter turn from behind. */
  azimuth: number;
  elevation: number;
}

export interface Figure {
  readonly canvas: HTMLCanvasElement;
  draw(player: Player, looks: Looks): void;
  resize(width: number, height: number): void;
  recolour(): void;
}

/** Azimuths of the named views; from the side is always the side of the swing leg. */
export const VIEWS: Record<string, number> = { Side: 0, Behind: Math.PI / 2, Front: -Math.PI / 2 };

/** Direction from the runner to the eye. */
export function eyeDirection(looks: Looks, side: string): [number, number, number] {
  const level = Math.cos(looks.elevation), outward = side === "r" ? 1 : -1;
  return [-Math.sin(looks.azimuth) * level, Math.sin(looks.elevation), Math.cos(looks.azimuth) * level * outward];
}
