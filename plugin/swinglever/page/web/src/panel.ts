/** One plot of one leg: curves over percent of the swing, with the cursor that all plots share. */

import uPlot from "uplot";
import { faded, style } from "./colours";

export interface Band {
  colour: string;
  /** Every swing. */
  thin: Float32Array[];
  mean: number[];
  low: number[];
  high: number[];
  /** How far varied inputs move the mean. */
  outer?: Ends;
  dash?: number[];
}

export interface Ends {
  low: number[];
  high: number[];
}

export interface Layer {
  colour: string;
  from: number[];
  to: number[];
}

export interface Content {
  bands: Band[];
  layers: Layer[];
  range: [number, number];
  /** Mean events in percent. */
  events: Record<string, number>;
}

const PERCENT = Array.from({ length: 101 }, (_, k) => k);
const DOTS = [1.5, 3];

export class Panel {
  readonly root = document.createElement("div");
  private plot: uPlot | null = null;
  private readonly cursor = document.createElement("div");
  private content: Content | null = null;

  constructor(
    readonly label: string,
    private readonly goTo: (percent: number) => void,
    private readonly percent: () => number,
  ) {
    this.root.className = "panel";
    this.root.tabIndex = 0;
    this.root.setAttribute("role", "slider");
    this.root.setAttribute("aria-label", `${label}: percent of the swing`);
    this.root.setAttribute("aria-valuemin", "0");
    this.root.setAttribute("aria-valuemax", "100");
    this.cursor.className = "cursor";
    this.root.addEventListener("keydown", (event) => this.key(event));
  }

  draw(content: Content): void {
    this.content = content;
    const width = Math.max(this.root.clientWidth, 160);
    this.plot?.destroy();
    const text = style("--soft"), line = style("--line"), font = "12px system-ui, sans-serif";
    const axis = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1 }, font };
    this.plot = new uPlot(
      {
        width,
        height: 230,
        legend: { show: false },
        cursor: { show: false },
        padding: [8, 22, 0, 0],
        scales: { x: { time: false, range: [0, 100] }, y: { range: content.range } },
        series: [{}, { show: true, stroke: "transparent" }],
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((t) => `${t} %`), size: 32, space: 60 },
          { ...axis, size: 48, values: (_, ticks) => ticks.map((t) => minus(String(+t.toFixed(6)))) },
        ],
        hooks: { draw: [(plot) => this.paint(plot)] },
      },
      [PERCENT, PERCENT.map(() => content.range[0])],
      this.root,
    );
    this.plot.over.append(this.cursor);
    this.plot.over.addEventListener("pointerdown", (event) => this.drag(event));
    this.scrub();
  }

  resize(): void {
    const width = Math.max(this.root.clientWidth, 160);
    if (this.plot && this.content && Math.abs(width - this.plot.width) > 1) this.draw(this.content);
  }

  /** Move the cursor; nothing is drawn anew. */
  scrub(): void {
    const percent = this.percent();
    this.root.setAttribute("aria-valuenow", percent.toFixed(0));
    this.root.setAttribute("aria-valuetext", `${percent.toFixed(0)} percent of the swing`);
    this.cursor.style.left = `${percent}%`;
  }

  private key(event: KeyboardEvent): void {
    const goes = keyStep(event.key, this.percent());
    if (goes === null) return;
    event.preventDefault();
    this.goTo(goes);
  }

  private drag(event: PointerEvent): void {
    const over = this.plot!.over;
    over.setPointerCapture(event.pointerId);
    const move = (at: PointerEvent) => {
      const box = over.getBoundingClientRect();
      this.goTo((100 * (at.clientX - box.left)) / box.width);
    };
    move(event);
    over.onpointermove = move;
    over.onpointerup = over.onpointercancel = () => (over.onpointermove = null);
  }

  private paint(plot: uPlot): void {
    const { ctx, bbox } = plot, content = this.content!;
    const x = (k: number) => plot.valToPos(k, "x", true), y = (v: number) => plot.valToPos(v, "y", true);
    ctx.save();
    ctx.beginPath();
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height);
    ctx.clip();
    ctx.lineJoin = "round";
    const ratio = devicePixelRatio;
    this.zero(ctx, x, y, ratio);
    for (const layer of content.layers) this.area(ctx, x, y, layer.from, layer.to, faded(layer.colour, 0.75));
    for (const band of content.bands) this.area(ctx, x, y, band.low, band.high, faded(band.colour, 0.2));
    for (const band of content.bands) {
      for (const swing of band.thin) this.line(ctx, x, y, swing, faded(band.colour, 0.28), 1 * ratio);
    }
    for (const { outer, colour } of content.bands) {
      for (const end of outer ? [outer.low, outer.high] : []) this.line(ctx, x, y, end, colour, 1.5 * ratio, DOTS);
    }
    for (const band of content.bands) this.line(ctx, x, y, band.mean, band.colour, 2.5 * ratio, band.dash);
    ctx.restore();
    this.events(plot, x, ratio);
  }

  private zero(ctx: CanvasRenderingContext2D, x: (k: number) => number, y: (v: number) => number, ratio: number): void {
    this.line(ctx, x, y, PERCENT.map(() => 0), style("--soft"), ratio);
  }

  private area(
    ctx: CanvasRenderingContext2D, x: (k: number) => number, y: (v: number) => number, low: number[], high: number[], colour: string,
  ): void {
    const known = PERCENT.filter((k) => Number.isFinite(low[k]) && Number.isFinite(high[k]));
    ctx.beginPath();
    for (const k of known) ctx.lineTo(x(k), y(high[k]));
    for (const k of known.reverse()) ctx.lineTo(x(k), y(low[k]));
    ctx.fillStyle = colour;
    ctx.fill();
  }

  private line(
    ctx: CanvasRenderingContext2D, x: (k: number) => number, y: (v: number) => number, values: ArrayLike<number>, colour: string, width: number, dash?: number[],
  ): void {
    ctx.beginPath();
    let down = false;
    for (let k = 0; k <= 100; k++) {
      if (Number.isFinite(values[k])) down ? ctx.lineTo(x(k), y(values[k])) : ctx.moveTo(x(k), y(values[k]));
      down = Number.isFinite(values[k]);
    }
    ctx.setLineDash((dash ?? []).map((d) => d * devicePixelRatio));
    ctx.strokeStyle = colour;
    ctx.lineWidth = width;
    ctx.stroke();
    ctx.setLineDash([]);
  }

  /** Mean events as ticks along the top. */
  private events(plot: uPlot, x: (k: number) => number, ratio: number): void {
    const { ctx, bbox } = plot;
    ctx.save();
    ctx.strokeStyle = style("--soft");
    ctx.lineWidth = ratio;
    ctx.setLineDash([2 * ratio, 4 * ratio]);
    for (const [words, at] of Object.entries(this.content!.events)) {
      if (words === "toe-off" || words === "foot strike") continue;
      ctx.beginPath();
      ctx.moveTo(x(at), bbox.top);
      ctx.lineTo(x(at), bbox.top + bbox.height);
      ctx.stroke();
    }
    ctx.restore();
  }
}

/** Where a key leads from a percent; null for a key that does not scrub. */
export function keyStep(key: string, percent: number): number | null {
  const steps: Record<string, number> = {
    ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -100, End: 100,
  };
  return key in steps ? Math.min(Math.max(percent + steps[key], 0), 100) : null;
}

/** A number with the sign that people read. */
export function minus(text: string): string {
  return text.replace("-", "−");
}
