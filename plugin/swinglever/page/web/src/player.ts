/** Where everybody looks: a swing of a recording and a percent of it. The figure and every plot listen. */

import type { Recording, SwingFacts } from "./data";

export class Player {
  percent = 0;
  index = 0;
  playing = false;
  /** Share of real speed. */
  speed = 0.25;
  private readonly listeners: (() => void)[] = [];
  private last = 0;

  constructor(readonly recording: Recording) {
    this.percent = this.swing?.events["peak flexion"] ?? 0;
  }

  get swing(): SwingFacts {
    return this.recording.swings[this.index];
  }

  get time(): number {
    return this.swing.start + (this.percent / 100) * this.swing.length;
  }

  listen(heard: () => void): void {
    this.listeners.push(heard);
  }

  goTo(percent: number): void {
    this.percent = Math.min(Math.max(percent, 0), 100);
    for (const heard of this.listeners) heard();
  }

  choose(index: number): void {
    this.index = index;
    this.goTo(this.percent);
  }

  play(on: boolean): void {
    if (on === this.playing) return;
    this.playing = on;
    if (on) {
      if (this.percent >= 100) this.percent = 0;
      this.last = performance.now();
      requestAnimationFrame((now) => this.step(now));
    }
    this.goTo(this.percent);
  }

  private step(now: number): void {
    if (!this.playing) return;
    const seconds = Math.min((now - this.last) / 1000, 0.1);
    this.last = now;
    const next = this.percent + (100 * seconds * this.speed) / this.swing.length;
    this.goTo(next > 100 ? 0 : next);
    requestAnimationFrame((later) => this.step(later));
  }
}
