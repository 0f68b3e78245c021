/** Two recordings beside each other: both figures at one percent of the swing, curves and their difference, leg by leg. */

import { colourOf } from "./colours";
import { type Recording, type TopicFacts } from "./data";
import { choice, element } from "./dom";
import { type Band, type Ends, Panel } from "./panel";
import { Player } from "./player";
import { Stage } from "./stage";
import { bandOf, endsOf, meanEvents, rangeOf, SIDES, unitNote } from "./topic";

const DASH = [6, 4];

export class Comparison {
  private readonly players: Player[];
  private readonly stages: Stage[] = [];
  private readonly plots: Pair[] = [];
  private moving = false;

  constructor(root: HTMLElement, all: Recording[]) {
    const recordings = [all[0], all[Number(root.dataset.second)]];
    const letter = root.dataset.letter as string;
    const stages = root.querySelectorAll<HTMLElement>(".stage");
    this.players = recordings.map((recording) => new Player(recording));
    this.players.forEach((player, k) => {
      const place = stages[k];
      if (place && player.recording.figure && player.recording.swings.length) this.stages.push(new Stage(place, player));
      player.listen(() => this.follow(player));
    });
    for (const facts of recordings[0].topics) {
      const place = root.querySelector<HTMLElement>(`[data-topic="${facts.id}"]`);
      const other = recordings[1].topics.find((topic) => topic.id === facts.id);
      if (place && other) this.plots.push(new Pair(place, facts, other, this.players, letter));
    }
    this.recolour();
    root.dataset.ready = "true";
  }

  /** Keep the others at the same percent. */
  private follow(leader: Player): void {
    if (this.moving) return;
    this.moving = true;
    for (const other of this.players) if (other !== leader) other.goTo(leader.percent);
    this.moving = false;
    for (const plot of this.plots) plot.scrub();
  }

  recolour(): void {
    for (const stage of this.stages) stage.recolour();
    for (const plot of this.plots) plot.draw();
  }
}

/** One topic in both recordings: a curve at a time, both means with their spread, and the difference below. */
class Pair {
  private key: string;
  private readonly shared: string[];
  private readonly legs: { side: "l" | "r"; both: Panel; difference: Panel }[] = [];

  constructor(root: HTMLElement, private readonly first: TopicFacts, private readonly second: TopicFacts, private readonly players: Player[], letter: string) {
    this.shared = first.keys.filter((key) => second.keys.includes(key));
    this.key = this.shared.includes("hamstrings") ? "hamstrings" : this.shared[0];
    const options = this.shared.map((key) => [key, first.labels[first.keys.indexOf(key)]] as [string, string]);
    const curve = choice("Curve", options, (key) => ((this.key = key), this.draw()));
    curve.querySelector("select")!.value = this.key;
    const panels = element("div", { class: "panels" });
    for (const side of ["l", "r"] as const) {
      if (!this.swings(0, side).length || !this.swings(1, side).length) continue;
      const make = (title: string) => new Panel(`${first.title}, ${title}, ${SIDES[side]} leg`, (p) => players[0].goTo(p), () => players[0].percent);
      const both = make("both"), difference = make("difference");
      panels.append(
        element(
          "div", { class: "leg" },
          element("h4", {}, `${SIDES[side]} leg: A solid, ${letter} dashed${unitNote(first.unit)}`), both.root,
          element("h4", {}, `${SIDES[side]} leg: ${letter} less A${unitNote(first.unit)}`), difference.root,
        ),
      );
      this.legs.push({ side, both, difference });
    }
    root.append(element("div", { class: "tools" }, ...(this.shared.length > 1 ? [curve] : [])), panels);
    new ResizeObserver(() => this.legs.forEach((leg) => (leg.both.resize(), leg.difference.resize()))).observe(root);
  }

  scrub(): void {
    for (const { both, difference } of this.legs) both.scrub(), difference.scrub();
  }

  draw(): void {
    const found = this.legs.map(({ side }) => this.bands(side));
    const range = rangeOf(found.flatMap(([a, b]) => [a, b].flatMap((band) => [...band.mean, ...endsOf(band)])));
    const spread = rangeOf(found.flatMap(([, , d]) => [...d.mean, ...endsOf(d)]));
    this.legs.forEach(({ side, both, difference }, k) => {
      const [a, b, d] = found[k], events = meanEvents(this.players[0].recording, this.swings(0, side));
      both.draw({ bands: [a, b], layers: [], range, events });
      difference.draw({ bands: [d], layers: [], range: spread, events });
    });
  }

  private swings(recording: number, side: string): number[] {
    return this.players[recording].recording.swings.flatMap((swing, k) => (swing.side === side ? [k] : []));
  }

  /** Both recordings' bands without single swings, and their difference; its spread is that of both together. */
  private bands(side: "l" | "r"): [Band, Band, Band] {
    const [a, b] = [this.first, this.second].map((facts, k) => ({
      ...bandOf(this.players[k].recording, facts, this.swings(k, side), facts.keys.indexOf(this.key)), thin: [],
    }));
    b.dash = DASH;
    const mean = a.mean.map((v, p) => b.mean[p] - v);
    const outer = a.outer && b.outer ? apart(a, a.outer, b, b.outer) : undefined;
    return [a, b, { colour: colourOf("recorded"), thin: [], mean, ...apart(a, a, b, b), outer }];
  }
}

/** Ends of what lies between two means that err apart from each other, from the ends of each. */
function apart(a: Band, ofA: Ends, b: Band, ofB: Ends): Ends {
  const mean = a.mean.map((v, p) => b.mean[p] - v);
  return {
    low: mean.map((v, p) => v - Math.hypot(b.mean[p] - ofB.low[p], ofA.high[p] - a.mean[p])),
    high: mean.map((v, p) => v + Math.hypot(ofB.high[p] - b.mean[p], a.mean[p] - ofA.low[p])),
  };
}
