/** Where everything is at a time: bodies, muscles, lever and ghost, in metres; x forward, y up, z to the right. */

import { type FigureFacts, type Recording, rowOf, sample, type Table } from "./data";
import { COOL, FULL, IDLE, mix, OFF, UNFOLD, WARM } from "./colours";
import type { Player } from "./player";

export type Colouring = "contribution" | "activation";
export type Point = [number, number, number];

export class Motion {
  readonly facts: FigureFacts;
  readonly position: Float32Array;
  readonly quaternion: Float32Array;
  readonly matrix: Float32Array;
  /** Ends of the muscles' segments, 6 numbers each, and a colour, 3 numbers each. */
  segments = new Float32Array(0);
  colours = new Float32Array(0);
  private readonly time: Float32Array;
  private readonly fullScale: number;

  constructor(private readonly recording: Recording) {
    this.facts = recording.figure as FigureFacts;
    const n = this.facts.bodies.length;
    this.position = new Float32Array(3 * n);
    this.quaternion = new Float32Array(4 * n);
    this.matrix = new Float32Array(9 * n);
    this.time = this.table("time").values;
    this.fullScale = largest(recording.tables.get("muscle/contribution"));
  }

  table(name: string): Table {
    return this.recording.tables.get(name) as Table;
  }

  isSwingLeg(body: number, side: string): boolean {
    return this.facts.legs[side]?.includes(body) ?? false;
  }

  /** Lowest point of any body in the whole recording. */
  get floor(): number {
    const table = this.table("position");
    let low = Infinity;
    for (let b = 0; b < table.shape[0]; b++) for (const y of rowOf(table, b, 1)) low = Math.min(low, y);
    return low - 0.03;
  }

  /** Put everything where it is. */
  place(player: Player, colouring: Colouring): void {
    const frame = this.frameAt(player.time);
    this.placeBodies(frame);
    this.placeMuscles(frame, player.swing.side, colouring);
  }

  /** Number of the frame, with a fraction. */
  private frameAt(time: number): number {
    const t = this.time;
    const steps = t.length - 1;
    return Math.min(Math.max(((time - t[0]) / (t[steps] - t[0])) * steps, 0), steps);
  }

  private placeBodies(frame: number): void {
    const positions = this.table("position"), quaternions = this.table("quaternion");
    const share = frame / (this.time.length - 1);
    for (let b = 0; b < this.facts.bodies.length; b++) {
      for (let k = 0; k < 3; k++) this.position[3 * b + k] = sample(rowOf(positions, b, k), share);
      let norm = 0;
      for (let k = 0; k < 4; k++) {
        const value = sample(rowOf(quaternions, b, k), share);
        this.quaternion[4 * b + k] = value;
        norm += value * value;
      }
      for (let k = 0; k < 4; k++) this.quaternion[4 * b + k] /= Math.sqrt(norm);
      this.rotate(b);
    }
  }

  private rotate(b: number): void {
    const [x, y, z, w] = this.quaternion.subarray(4 * b, 4 * b + 4);
    this.matrix.set(
      [
        1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w),
        2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w),
        2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y),
      ],
      9 * b,
    );
  }

  /** A point of a body, in the figure's axes. */
  pointOf(body: number, x: number, y: number, z: number): Point {
    const m = this.matrix, p = this.position;
    return [0, 1, 2].map((k) => m[9 * body + 3 * k] * x + m[9 * body + 3 * k + 1] * y + m[9 * body + 3 * k + 2] * z + p[3 * body + k]) as Point;
  }

  /** Ends of the sticks, and whether each belongs to the swing leg. */
  sticks(side: string): { from: Point; to: Point; leg: boolean }[] {
    return this.facts.sticks.map(([a, b, x, y, z]) => ({
      from: this.pointOf(a, 0, 0, 0),
      to: this.pointOf(b, x, y, z),
      leg: this.isSwingLeg(a, side) && this.isSwingLeg(b, side),
    }));
  }

  private placeMuscles(frame: number, side: string, colouring: Colouring): void {
    const muscles = this.facts.muscles;
    if (!muscles) return;
    const mine = muscles.names.map((name, k) => ({ name, k })).filter(({ name }) => name.endsWith(`_${side}`));
    const pieces = muscles.points - 1;
    if (this.segments.length !== 6 * mine.length * pieces) {
      this.segments = new Float32Array(6 * mine.length * pieces);
      this.colours = new Float32Array(3 * mine.length * pieces);
    }
    mine.forEach(({ k }, row) => {
      const colour = this.muscleColour(k, frame, colouring);
      let before = this.boundPoint(k * muscles.points);
      for (let piece = 0; piece < pieces; piece++) {
        const after = this.boundPoint(k * muscles.points + piece + 1);
        this.segments.set([...before, ...after], 6 * (row * pieces + piece));
        this.colours.set(colour, 3 * (row * pieces + piece));
        before = after;
      }
    });
  }

  /** A point that two bodies carry (see muscle_lines.py). */
  private boundPoint(index: number): Point {
    const bodies = this.facts.muscles!.bodies, weights = this.table("muscle/weights");
    const n = weights.shape[1], w = (row: number) => weights.values[row * n + index];
    const first = bodies[2 * index], second = bodies[2 * index + 1], m = this.matrix, p = this.position;
    return [0, 1, 2].map((k) => {
      const a = m[9 * first + 3 * k] * w(0) + m[9 * first + 3 * k + 1] * w(1) + m[9 * first + 3 * k + 2] * w(2);
      const b = m[9 * second + 3 * k] * w(3) + m[9 * second + 3 * k + 1] * w(4) + m[9 * second + 3 * k + 2] * w(5);
      return a + b + w(6) * p[3 * first + k] + (1 - w(6)) * p[3 * second + k];
    }) as Point;
  }

  private muscleColour(muscle: number, frame: number, colouring: Colouring): Point {
    const table = this.recording.tables.get(`muscle/${colouring}`);
    const value = table ? sample(rowOf(table, muscle), frame / (this.time.length - 1)) : NaN;
    if (Number.isNaN(value)) return mix(IDLE, IDLE, 0);
    if (colouring === "activation") return mix(OFF, FULL, Math.min(Math.max(value, 0), 1));
    const strength = Math.min(Math.sqrt(Math.abs(value) / this.fullScale), 1);
    const fold = this.facts.muscles!.crosses[muscle] ? WARM : COOL;
    return mix(IDLE, value < 0 ? UNFOLD : fold, strength);
  }

  /** Hip, heel and the leg's radius of gyration; null where the swing has none. */
  lever(player: Player): { hip: Point; heel: Point; radius: number } | null {
    const table = this.table("lever"), share = player.percent / 100;
    const [a, b, c, d, e, f, radius] = [0, 1, 2, 3, 4, 5, 6].map((k) => sample(rowOf(table, player.index, k), share));
    return Number.isNaN(radius) ? null : { hip: [a, b, c], heel: [d, e, f], radius };
  }

  /** The heel's path along the swing. */
  heelPath(index: number): Point[] {
    const table = this.table("lever");
    const [x, y, z] = [3, 4, 5].map((k) => rowOf(table, index, k));
    return Array.from(x, (_, k) => [x[k], y[k], z[k]] as Point).filter((p) => !p.some(Number.isNaN));
  }

  /** Ends of the ghost's sticks. */
  ghost(name: string, player: Player): [Point, Point][] {
    const table = this.recording.tables.get(`ghost/${name}`);
    if (!table) return [];
    const share = player.percent / 100;
    const point = (k: number) => [0, 1, 2].map((axis) => sample(rowOf(table, player.index, k, axis), share)) as Point;
    const sticks: [Point, Point][] = [];
    for (let k = 0; k + 1 < table.shape[1]; k += 2) sticks.push([point(k), point(k + 1)]);
    return sticks.filter((ends) => !ends.flat().some(Number.isNaN));
  }
}

function largest(table: Table | undefined): number {
  const known = table ? Array.from(table.values, Math.abs).filter((v) => !Number.isNaN(v)).sort((a, b) => a - b) : [];
  return Math.max(known[Math.floor(0.98 * (known.length - 1))] ?? 1, 1e-9);
}
