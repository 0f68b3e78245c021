/** The runner as a stick figure on a plain canvas, for browsers without WebGL. */

import { style } from "./colours";
import { eyeDirection, type Figure, type Looks } from "./figure";
import type { Motion, Point } from "./motion";
import type { Player } from "./player";

export class FlatFigure implements Figure {
  readonly canvas = document.createElement("canvas");
  private readonly context: CanvasRenderingContext2D;
  private readonly floor: number;

  constructor(private readonly motion: Motion) {
    this.context = this.canvas.getContext("2d") as CanvasRenderingContext2D;
    this.floor = motion.floor;
    this.canvas.dataset.fallback = "true";
  }

  recolour(): void {}

  resize(width: number, height: number): void {
    const ratio = Math.min(devicePixelRatio, 2);
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
  }

  draw(player: Player, looks: Looks): void {
    this.motion.place(player, looks.colouring);
    const { context } = this, side = player.swing.side, flat = this.projection(looks, side);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.lineCap = "round";
    this.line(flat, [-3, this.floor, 0], [3, this.floor, 0], style("--line"), 0.008, true);
    const sticks = this.motion.sticks(side);
    for (const s of sticks.filter((s) => !s.leg)) this.line(flat, s.from, s.to, style("--bone"), 0.035);
    for (const s of sticks.filter((s) => s.leg)) this.line(flat, s.from, s.to, style("--leg"), 0.06);
    const { segments, colours } = this.motion;
    for (let k = 0; k < segments.length / 6; k++) {
      const [a, b, c, d, e, f] = segments.subarray(6 * k, 6 * k + 6);
      const rgb = [0, 1, 2].map((i) => Math.round(255 * colours[3 * k + i])).join(" ");
      this.line(flat, [a, b, c], [d, e, f], `rgb(${rgb})`, 0.008);
    }
    for (const [from, to] of looks.ghost ? this.motion.ghost(looks.ghost, player) : []) {
      this.line(flat, from, to, style("--ghost"), 0.03);
    }
    this.drawLever(flat, player);
  }

  private drawLever(flat: (p: Point) => [number, number], player: Player): void {
    const lever = this.motion.lever(player), { context } = this;
    if (!lever) return;
    const path = this.motion.heelPath(player.index);
    for (let k = 1; k < path.length; k++) this.line(flat, path[k - 1], path[k], style("--lever"), 0.004);
    const colour = style("--lever");
    this.line(flat, lever.hip, lever.heel, colour, 0.02);
    context.globalAlpha = 0.16;
    context.fillStyle = colour;
    context.beginPath();
    for (let k = 0; k < 48; k++) {
      const angle = (2 * Math.PI * k) / 48;
      const [x, y, z] = lever.hip;
      context.lineTo(...flat([x + lever.radius * Math.cos(angle), y + lever.radius * Math.sin(angle), z]));
    }
    context.fill();
    context.globalAlpha = 1;
  }

  /** From metres to pixels, without perspective. */
  private projection(looks: Looks, side: string): (p: Point) => [number, number] {
    const { width, height } = this.canvas, [ex, ey, ez] = eyeDirection(looks, side), pelvis = this.motion.position;
    const level = Math.hypot(ex, ez) || 1e-9, right: Point = [ez / level, 0, -ex / level];
    const up: Point = [(-ey * ex) / level, level, (-ey * ez) / level];
    const scale = Math.min(height / 2.1, width / 1.9);
    return (p) => {
      const d = [p[0] - pelvis[0], p[1] - this.floor - 0.88, p[2] - pelvis[2]];
      const along = (axis: Point) => axis[0] * d[0] + axis[1] * d[1] + axis[2] * d[2];
      return [width / 2 + scale * along(right), height / 2 - scale * along(up)];
    };
  }

  private line(flat: (p: Point) => [number, number], from: Point, to: Point, colour: string, metres: number, fixed = false): void {
    const { context } = this, scale = Math.min(this.canvas.height / 2.1, this.canvas.width / 1.9);
    const [x1, y1] = flat(from), [x2, y2] = flat(to);
    context.strokeStyle = colour;
    context.lineWidth = Math.max(metres * scale, 1);
    context.beginPath();
    context.moveTo(fixed ? 0 : x1, y1);
    context.lineTo(fixed ? this.canvas.width : x2, y2);
    context.stroke();
  }
}
