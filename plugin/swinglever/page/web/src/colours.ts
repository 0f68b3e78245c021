/** Colours that stay apart for colour-blind eyes (after Okabe and Ito), lighter on a dark ground. */

const GROUPS: Record<string, [string, string]> = {
  hamstrings: ["#C24A00", "#FF7A33"],
  other_knee_flexors: ["#C98A00", "#F2B633"],
  knee_extensors: ["#8A4FA3", "#C58BDB"],
  hip_flexors: ["#0067A8", "#4FA8E8"],
  hip_extensors: ["#00805E", "#2EC79C"],
  ankle_muscles: ["#7A6A3A", "#C2AE6E"],
  other_muscles: ["#5C7A34", "#9CC26A"],
  initial: ["#2A9BC9", "#7FD0F5"],
  gravity: ["#6B6F76", "#B4BAC4"],
  proximal: ["#3D49B8", "#8C97FF"],
  foot: ["#A05A7A", "#E29ABB"],
  ground_force: ["#8C8420", "#D6CC5A"],
  ground_contact: ["#8C8420", "#D6CC5A"],
  knee_moment: ["#C24A00", "#FF7A33"],
  hip_moment: ["#0067A8", "#4FA8E8"],
  ankle_moment: ["#7A6A3A", "#C2AE6E"],
  unexplained: ["#B0306A", "#FF7AB5"],
  others: ["#8A8F98", "#8A8F98"],
};
const KEYS: Record<string, string> = {
  knee: "hamstrings",
  hip: "hip_flexors",
  thigh: "hip_flexors",
  shank: "hamstrings",
  knee_force: "hip_flexors",
  knee_net_moment: "knee_extensors",
  hip_heel_share: "hip_flexors",
  leg_inertia_kg_m2: "hip_flexors",
  straight_leg_inertia_kg_m2: "gravity",
  heel_height_m: "hip_extensors",
  silent_hamstrings: "hamstrings",
  no_hamstrings: "other_knee_flexors",
  silent_knee_crossing_muscles: "hip_extensors",
  silent_knee_extensors: "knee_extensors",
  no_hip_muscles: "hip_flexors",
  no_hip_flexors: "proximal",
  ballistic: "unexplained",
  no_knee_muscles: "other_muscles",
  no_knee_crossing_muscles: "ankle_muscles",
  no_knee_extensors: "foot",
  no_knee_flexor_moment: "ground_force",
};

/** Whether the page is dark now: chosen by the button, else what the system says. */
export function isDark(): boolean {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
}

/** Colour of a curve. */
export function colourOf(key: string): string {
  if (key === "recorded") return style("--text");
  const plain = key.replace(/_passive$/, "");
  const pair = GROUPS[plain] ?? GROUPS[KEYS[plain] ?? "others"];
  return pair[isDark() ? 1 : 0];
}

/** A colour of the style sheet. */
export function style(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The colour with an opacity. */
export function faded(colour: string, opacity: number): string {
  return colour + Math.round(255 * opacity).toString(16).padStart(2, "0");
}

export const WARM = "#F4633A", COOL = "#3A9BFF", UNFOLD = "#8D6BC2", IDLE = "#8B9099", FULL = "#FF3B30", OFF = "#54647C";

/** Mix two colours, share 0 to 1, into red, green and blue of 0 to 1. */
export function mix(from: string, to: string, share: number): [number, number, number] {
  const part = (colour: string, k: number) => parseInt(colour.slice(1 + 2 * k, 3 + 2 * k), 16) / 255;
  return [0, 1, 2].map((k) => part(from, k) + share * (part(to, k) - part(from, k))) as [number, number, number];
}
