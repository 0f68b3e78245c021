/** The page: each recording's stage and plots, made when they are first seen. */

import "./notice";
import { readRecording, type Recording } from "./data";
import { button, element } from "./dom";
import { isDark } from "./colours";
import { Comparison } from "./comparison";
import { Player } from "./player";
import { Stage } from "./stage";
import { Topic } from "./topic";

class Article {
  private readonly topics: Topic[] = [];
  private stage: Stage | null = null;
  readonly player: Player;

  constructor(private readonly root: HTMLElement, recording: Recording) {
    this.player = new Player(recording);
    const stage = root.querySelector<HTMLElement>(".stage");
    if (stage && recording.figure && recording.swings.length) this.stage = new Stage(stage, this.player);
    for (const facts of recording.topics) {
      const place = root.querySelector<HTMLElement>(`[data-topic="${facts.id}"]`);
      if (place) this.topics.push(new Topic(place, facts, this.player));
    }
    for (const frame of root.querySelectorAll<HTMLElement>(".frame")) {
      frame.addEventListener("click", () => {
        this.player.play(false);
        this.player.index = recording.swings.findIndex((swing) => swing.id === frame.dataset.swing);
        this.player.goTo(Number(frame.dataset.percent));
      });
    }
  }

  /** Draw the plots one after another, so that the page answers in between. */
  drawSoon(): void {
    const left = [...this.topics];
    const next = () => {
      left.shift()?.drawOnce();
      if (left.length) setTimeout(next);
      else this.root.dataset.ready = "true";
    };
    setTimeout(next);
  }

  recolour(): void {
    this.stage?.recolour();
    for (const topic of this.topics) topic.draw();
  }
}

const articles: (Article | Comparison)[] = [];

/** Make what an article shows, once it is opened. */
function make(root: HTMLElement, recordings: Recording[]): void {
  if (root.dataset.made) return;
  root.dataset.made = "true";
  if (root.classList.contains("comparison")) {
    articles.push(new Comparison(root, recordings));
    return;
  }
  const article = new Article(root, recordings[Number(root.dataset.recording)]);
  articles.push(article);
  article.drawSoon();
}

/** Let the text be painted before the figure is made. */
const painted = () => new Promise((go) => requestAnimationFrame(() => setTimeout(go)));

async function start(): Promise<void> {
  await painted();
  const payloads = [...document.querySelectorAll("script.payload")].map((s) => readRecording(s.textContent as string));
  const roots = [...document.querySelectorAll<HTMLElement>("article")];
  const recordings = await Promise.all(payloads);
  const open = (index: number) => {
    roots.forEach((root, k) => (root.hidden = k !== index));
    document.querySelectorAll(".tab").forEach((tab, k) => tab.setAttribute("aria-pressed", String(k === index)));
    make(roots[index], recordings);
  };
  addTabs(roots, open);
  open(0);
  document.documentElement.dataset.started = "true";
}

function addTabs(roots: HTMLElement[], open: (index: number) => void): void {
  document.querySelector(".tabs")?.append(
    ...roots.map((root, k) => {
      const tab = button(root.getAttribute("aria-label") as string, () => open(k));
      tab.className = "tab";
      return tab;
    }),
  );
}

function addThemeButton(): void {
  const place = document.querySelector<HTMLElement>(".theme");
  const said = () => (isDark() ? "Light" : "Dark");
  const toggle = button(said(), () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    recolour();
  });
  const recolour = () => {
    toggle.textContent = said();
    for (const article of articles) article.recolour();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  place?.append(toggle);
}

addThemeButton();
start().catch((error: unknown) => {
  document.body.prepend(element("p", { class: "trouble", role: "alert" }, `The figure and the plots cannot be shown: ${String(error)}`));
});
