/** The stage: the figure with its controls. */

import { rowOf, sample, type Table } from "./data";
import { button, choice, element } from "./dom";
import { type Figure, type Looks, VIEWS } from "./figure";
import { FlatFigure } from "./flat";
import { Motion } from "./motion";
import { keyStep } from "./panel";
import type { Player } from "./player";
import { SolidFigure } from "./solid";

const LEGENDS = {
  contribution: "Muscles: red bends the knee, blue bends it through the hip or ankle, violet straightens it, grey does neither.",
  activation: "Muscles: blue-grey is off, red is fully active.",
};

export class Stage {
  readonly looks: Looks = { colouring: "contribution", ghost: "", azimuth: 0, elevation: 0.08 };
  private readonly figure: Figure;
  private readonly slider = element("input", { type: "range", min: "0", max: "100", step: "0.5", "aria-label": "Percent of the swing" });
  private readonly readout = element("p", { class: "readout" });
  private readonly legend = element("p", { class: "figure-legend" }, LEGENDS.contribution);
  private readonly playButton: HTMLButtonElement;
  private readonly ticks = element("div", { class: "ticks", "aria-hidden": "true" });
  private swings!: HTMLSelectElement;
  private queued = false;
  private ticksOf = -1;

  constructor(root: HTMLElement, private readonly player: Player) {
    this.figure = makeFigure(new Motion(player.recording));
    const first = player.recording.figure!.ghosts[0];
    this.looks.ghost = first?.case ?? "";
    this.playButton = button("▶ Play", () => player.play(!player.playing));
    this.playButton.className = "play";
    this.slider.addEventListener("input", () => player.goTo(Number(this.slider.value)));
    root.append(this.box(), this.readout, this.transport(), this.choices(), this.legend);
    if (first) this.legend.append(` Pink: the leg with ${first.label}.`);
    this.turnByHand();
    player.listen(() => {
      this.tell();
      this.queue();
    });
    new ResizeObserver(() => this.fit()).observe(this.figure.canvas.parentElement as HTMLElement);
    this.fit();
    this.tell();
    performance.mark("figure");
  }

  recolour(): void {
    this.figure.recolour();
    this.show();
  }

  private box(): HTMLElement {
    const { canvas } = this.figure;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "img");
    const views = element("div", { class: "views", role: "group", "aria-label": "View" });
    for (const [name, azimuth] of Object.entries(VIEWS)) {
      const view = button(name, () => {
        Object.assign(this.looks, { azimuth, elevation: 0.08 });
        for (const other of views.children) other.setAttribute("aria-pressed", String(other === view));
        this.show();
      });
      view.setAttribute("aria-pressed", String(azimuth === 0));
      views.append(view);
    }
    return element("div", { class: "box" }, canvas, views);
  }

  private transport(): HTMLElement {
    const jump = (sign: number) => () => {
      const events = Object.values(this.player.swing.events).sort((a, b) => sign * (a - b));
      this.player.goTo(events.find((at) => sign * (at - this.player.percent) > 0.01) ?? this.player.percent);
    };
    const bar = element("div", { class: "bar" }, this.slider, this.ticks);
    return element(
      "div", { class: "transport" },
      this.playButton, button("‹", jump(-1), "Event before"), bar, button("›", jump(1), "Next event"),
    );
  }

  private choices(): HTMLElement {
    const { player, looks } = this, { swings, figure } = player.recording;
    const swing = choice("Swing", swings.map((s, k) => [String(k), `${s.id} (${s.verdict})`]), (k) => player.choose(Number(k)));
    this.swings = swing.querySelector("select") as HTMLSelectElement;
    const speeds: [string, string][] = [["1", "real"], ["0.5", "½"], ["0.25", "¼"], ["0.1", "⅒"]];
    const speed = choice("Speed", speeds, (value) => (player.speed = Number(value)));
    speed.querySelector("select")!.value = "0.25";
    const ghosts: [string, string][] = [...figure!.ghosts.map((g) => [g.case, g.label] as [string, string]), ["", "none"]];
    const ghost = choice("Ghost leg", ghosts, (value) => ((looks.ghost = value), this.explain(), this.show()));
    const colours: [string, string][] = [["contribution", "by effect on the knee"], ["activation", "by activation"]];
    const colour = choice("Muscles", colours, (value) => ((looks.colouring = value as Looks["colouring"]), this.explain(), this.show()));
    const all = element("div", { class: "choices" }, swing, speed, ...(ghosts.length > 1 ? [ghost] : []), ...(figure!.muscles ? [colour] : []));
    const settings = element("details", { class: "settings" }, element("summary", {}, "Swing, speed, ghost leg, colours"), all);
    settings.open = matchMedia("(min-width: 1000px)").matches;
    return settings;
  }

  private explain(): void {
    const ghost = this.player.recording.figure!.ghosts.find((g) => g.case === this.looks.ghost);
    this.legend.textContent = LEGENDS[this.looks.colouring] + (ghost ? ` Pink: the leg with ${ghost.label}.` : "");
  }

  /** Turn the figure by dragging it, or with the arrow keys. */
  private turnByHand(): void {
    const { canvas } = this.figure, { looks } = this;
    const turn = (dx: number, dy: number) => {
      looks.azimuth += dx;
      looks.elevation = Math.min(Math.max(looks.elevation + dy, -0.2), 1.4);
      this.show();
    };
    canvas.addEventListener("pointerdown", (event) => canvas.setPointerCapture(event.pointerId));
    canvas.addEventListener("pointermove", (event) => {
      if (event.buttons & 1) turn(-event.movementX * 0.01, event.movementY * 0.01);
    });
    canvas.addEventListener("keydown", (event) => {
      const turns: Record<string, [number, number]> = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] };
      if (!(event.key in turns)) return;
      event.preventDefault();
      turn(...turns[event.key]);
    });
    this.slider.addEventListener("keydown", (event) => {
      const goes = keyStep(event.key, this.player.percent);
      if (goes === null) return;
      event.preventDefault();
      this.player.goTo(goes);
    });
  }

  private fit(): void {
    const box = this.figure.canvas.parentElement as HTMLElement;
    if (!box.clientWidth || !box.clientHeight) return;
    this.figure.resize(box.clientWidth, box.clientHeight);
    this.show();
  }

  /** Draw once a frame, however often the percent moves; the controls follow at once. */
  private queue(): void {
    if (this.queued) return;
    this.queued = true;
    requestAnimationFrame(() => {
      this.queued = false;
      this.show();
    });
  }

  show(): void {
    this.figure.draw(this.player, this.looks);
  }

  private tell(): void {
    const { player } = this, { percent, swing } = player;
    const words = player.playing ? "⏸ Pause" : "▶ Play";
    if (this.playButton.textContent !== words) this.playButton.textContent = words;
    if (this.ticksOf !== player.index) this.drawTicks();
    this.slider.value = String(percent);
    if (this.swings.selectedIndex !== player.index) this.swings.selectedIndex = player.index;
    const told = this.words();
    if (this.readout.textContent === told) return;
    this.readout.textContent = told;
    this.slider.setAttribute("aria-valuetext", told);
    this.figure.canvas.setAttribute("aria-label", `The runner in swing ${swing.id}: ${told}`);
  }

  private drawTicks(): void {
    this.ticksOf = this.player.index;
    this.ticks.replaceChildren(
      ...Object.values(this.player.swing.events).map((at) => {
        const tick = element("i");
        tick.style.left = `${at}%`;
        return tick;
      }),
    );
  }

  /** Where the swing is, in words. */
  private words(): string {
    const { player } = this, { percent, swing, recording } = player;
    const angles = recording.tables.get("topic/angles") as Table;
    const [knee, hip] = [0, 1].map((k) => sample(rowOf(angles, player.index, k), percent / 100).toFixed(0).replace("-", "−"));
    const passed = Object.entries(swing.events).filter(([, at]) => at <= percent + 0.25).sort((a, b) => b[1] - a[1])[0];
    const phase = passed ? (Math.abs(passed[1] - percent) <= 0.5 ? `at ${passed[0]}` : `after ${passed[0]}`) : "";
    return `${percent.toFixed(0)} % of swing ${swing.id}, ${phase}: knee ${knee}°, hip ${hip}°`;
  }
}

/** WebGL where there is any, else sticks. */
function makeFigure(motion: Motion): Figure {
  try {
    return new SolidFigure(motion);
  } catch {
    return new FlatFigure(motion);
  }
}
