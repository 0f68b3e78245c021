/** One topic: a plot a leg, a legend that names values at the cursor, lines or stack, and the numbers as CSV. */

import { colourOf } from "./colours";
import { type Recording, rowOf, type Table, type TopicFacts } from "./data";
import { csvOf, download, fileName } from "./csv";
import { type Band, type Content, type Layer, minus, Panel } from "./panel";
import type { Player } from "./player";
import { button, element } from "./dom";

export const SIDES = { l: "Left", r: "Right" } as const;
const SHOWN_AT_FIRST = ["recorded", "silent_hamstrings", "silent_knee_crossing_muscles", "no_hip_muscles"];
const LARGEST = 6;

export class Topic {
  private readonly table: Table;
  private readonly panels: { side: "l" | "r"; panel: Panel }[] = [];
  private readonly visible: boolean[];
  private readonly values: HTMLElement[] = [];
  private stacked = false;
  private drawn = false;
  private onScreen = false;

  constructor(root: HTMLElement, private readonly facts: TopicFacts, private readonly player: Player) {
    this.table = player.recording.tables.get(`topic/${facts.id}`) as Table;
    this.visible = this.firstVisible();
    const panels = element("div", { class: "panels" });
    for (const side of ["l", "r"] as const) {
      const count = this.swingsOf(side).length;
      if (!count) continue;
      const title = `${SIDES[side]} leg, ${count} swing${count > 1 ? "s" : ""}${unitNote(facts.unit)}`;
      const panel = new Panel(`${facts.title}, ${title}`, (p) => player.goTo(p), () => player.percent);
      panels.append(element("div", { class: "leg" }, element("h4", {}, title), panel.root));
      this.panels.push({ side, panel });
    }
    root.append(this.legend(), panels, this.tools());
    new IntersectionObserver((entries) => {
      this.onScreen = entries[entries.length - 1].isIntersecting;
      if (this.onScreen) this.scrub();
    }, { rootMargin: "200px" }).observe(root);
    new ResizeObserver(() => this.panels.forEach(({ panel }) => panel.resize())).observe(root);
    player.listen(() => this.scrub());
  }

  get recording(): Recording {
    return this.player.recording;
  }

  draw(): void {
    this.drawn = true;
    const range = this.range();
    for (const { side, panel } of this.panels) panel.draw(this.content(side, range));
    this.values.forEach((value, k) => value.parentElement!.style.setProperty("--mark", colourOf(this.facts.keys[k])));
    this.scrub();
  }

  drawOnce(): void {
    if (!this.drawn) this.draw();
  }

  private scrub(): void {
    for (const { panel } of this.panels) panel.scrub();
    if (!this.onScreen) return;
    const at = Math.round(this.player.percent);
    this.facts.keys.forEach((_, k) => {
      const value = rowOf(this.table, this.player.index, k)[at];
      this.values[k].textContent = Number.isNaN(value) ? "–" : `${minus(rounded(value, this.facts.unit))}${this.facts.unit === "°" ? "°" : ` ${this.facts.unit}`}`;
    });
  }

  private swingsOf(side: string): number[] {
    return this.recording.swings.flatMap((swing, k) => (swing.side === side ? [k] : []));
  }

  private firstVisible(): boolean[] {
    const { keys, id } = this.facts;
    if (id === "replays") return keys.map((key) => SHOWN_AT_FIRST.includes(key));
    if (keys.length <= LARGEST) return keys.map(() => true);
    const sizes = keys.map((_, k) => {
      let size = 0;
      for (let s = 0; s < this.table.shape[0]; s++) for (const v of rowOf(this.table, s, k)) size += Number.isNaN(v) ? 0 : Math.abs(v);
      return size;
    });
    const least = [...sizes].sort((a, b) => b - a)[LARGEST - 1];
    return sizes.map((size, k) => size >= least || keys[k] === "hamstrings");
  }

  // --- Legend and tools

  private legend(): HTMLElement {
    const list = element("div", { class: "legend", role: "group", "aria-label": `Curves of ${this.facts.title}` });
    const more = element("div");
    this.facts.keys.forEach((key, k) => {
      const value = element("output", { class: "now" });
      const entry = button(this.facts.labels[k], () => {
        this.visible[k] = !this.visible[k];
        entry.setAttribute("aria-pressed", String(this.visible[k]));
        this.draw();
      });
      entry.setAttribute("aria-pressed", String(this.visible[k]));
      entry.className = "curve";
      entry.prepend(element("span", { class: "mark", "aria-hidden": "true" }));
      entry.append(value);
      entry.style.setProperty("--mark", colourOf(key));
      this.values.push(value);
      (this.visible[k] ? list : more).append(entry);
    });
    const hidden = more.children.length;
    if (hidden) list.append(element("details", { class: "more" }, element("summary", {}, `${hidden} more`), more));
    return list;
  }

  private tools(): HTMLElement {
    const tools = element("div", { class: "tools" });
    if (this.facts.stacks) {
      const stack = button("Stacked", () => {
        this.stacked = !this.stacked;
        stack.setAttribute("aria-pressed", String(this.stacked));
        this.draw();
      });
      stack.setAttribute("aria-pressed", "false");
      tools.append(stack);
    }
    tools.append(
      button(`Download CSV`, () => download(fileName(this.recording.name, this.facts.id), csvOf(this.recording, this.facts, this.table)), `Download ${this.facts.title} as CSV`),
    );
    return tools;
  }

  // --- What is drawn

  private content(side: "l" | "r", range: [number, number]): Content {
    const swings = this.swingsOf(side);
    const events = meanEvents(this.recording, swings);
    if (this.stacked) return { bands: [this.total(swings)], layers: this.layers(swings), range, events };
    const bands = this.facts.keys.flatMap((key, k) => (this.visible[k] ? [{ ...bandOf(this.recording, this.facts, swings, k), dash: key.endsWith("_passive") ? [5, 3] : undefined }] : []));
    return { bands, layers: [], range, events };
  }

  /** The sum of all curves: the recorded change of the angle. */
  private total(swings: number[]): Band {
    const sums = swings.map((s) => Float32Array.from({ length: 101 }, (_, p) => this.facts.keys.reduce((sum, __, k) => sum + (rowOf(this.table, s, k)[p] || 0), 0)));
    return { ...spreadOf(sums, colourOf("recorded")), thin: [] };
  }

  private layers(swings: number[]): Layer[] {
    const named = this.facts.keys.flatMap((_, k) => (this.visible[k] ? [bandOf(this.recording, this.facts, swings, k)] : []));
    const rest = this.facts.keys.flatMap((_, k) => (this.visible[k] ? [] : [bandOf(this.recording, this.facts, swings, k).mean]));
    const others = Array.from({ length: 101 }, (_, p) => rest.reduce((sum, mean) => sum + (mean[p] || 0), 0));
    const above = new Array<number>(101).fill(0), below = new Array<number>(101).fill(0);
    return [...named, { colour: colourOf("others"), mean: others }].flatMap(({ colour, mean }) =>
      [above, below].map((pile, sign) => {
        const from = [...pile];
        mean.forEach((v, p) => (pile[p] += sign ? Math.min(v || 0, 0) : Math.max(v || 0, 0)));
        return { colour, from, to: [...pile] };
      }),
    );
  }

  private range(): [number, number] {
    const all = this.panels.flatMap(({ side }) => {
      const { bands, layers } = this.content(side, [0, 1]);
      return [...bands.flatMap((b) => [...b.thin.flatMap((t) => Array.from(t)), ...b.mean, ...endsOf(b)]), ...layers.flatMap((l) => [...l.from, ...l.to])];
    });
    return rangeOf(all);
  }
}

export function rangeOf(all: number[]): [number, number] {
  let low = 0, high = 0;
  for (const v of all) if (Number.isFinite(v)) (low = Math.min(low, v)), (high = Math.max(high, v));
  const edge = 0.05 * (high - low || 1);
  return [low < 0 ? low - edge : 0, high + edge];
}

/** Every swing of one curve, their mean, one standard deviation around it, and what varied inputs do to it where they were. */
export function bandOf(recording: Recording, topic: TopicFacts, swings: number[], curve: number): Band {
  const rows = (end: string) => {
    const table = recording.tables.get(`topic/${topic.id}${end}`);
    return table && swings.map((s) => rowOf(table, s, curve));
  };
  const low = rows("/p05"), high = rows("/p95");
  const band = spreadOf(rows("") as Float32Array[], colourOf(topic.keys[curve]));
  return low && high ? { ...band, outer: { low: meanOf(low), high: meanOf(high) } } : band;
}

/** All ends of a band: of the spread between swings and of varied inputs. */
export function endsOf(band: Band): number[] {
  return [...band.low, ...band.high, ...(band.outer ? [...band.outer.low, ...band.outer.high] : [])];
}

function meanOf(rows: Float32Array[]): number[] {
  return spreadOf(rows, "").mean;
}

function spreadOf(rows: Float32Array[], colour: string): Band {
  const mean: number[] = [], low: number[] = [], high: number[] = [];
  for (let p = 0; p <= 100; p++) {
    const known = rows.map((row) => row[p]).filter((v) => !Number.isNaN(v));
    const middle = known.length ? known.reduce((sum, v) => sum + v, 0) / known.length : NaN;
    const sd = known.length > 1 ? Math.sqrt(known.reduce((sum, v) => sum + (v - middle) ** 2, 0) / (known.length - 1)) : NaN;
    mean.push(middle), low.push(middle - sd), high.push(middle + sd);
  }
  return { colour, thin: rows.length > 1 ? rows : [], mean, low, high };
}

export function meanEvents(recording: Recording, swings: number[]): Record<string, number> {
  const found: Record<string, number[]> = {};
  for (const s of swings) for (const [words, at] of Object.entries(recording.swings[s].events)) (found[words] ??= []).push(at);
  return Object.fromEntries(Object.entries(found).map(([words, at]) => [words, at.reduce((sum, v) => sum + v, 0) / at.length]));
}

/** The unit, for a plot's title. */
export function unitNote(unit: string): string {
  return unit ? `; ${unit === "°" ? "degrees" : unit}` : "";
}

export function rounded(value: number, unit: string): string {
  const digits = unit === "°" || unit === "N" || unit === "W" || unit === "N m" || unit === "J" ? (Math.abs(value) < 10 ? 1 : 0) : 2;
  const text = value.toFixed(digits);
  return Number(text) === 0 ? text.replace("-", "") : text;
}
