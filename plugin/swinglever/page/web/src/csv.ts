/** Tables that pandas and R open: a row a sample, names in full, dots for decimals, empty for what is not known. */

import { type Recording, rowOf, type Table, type TopicFacts } from "./data";

export function csvOf(recording: Recording, topic: TopicFacts, table: Table): string {
  const lines = ["trial,swing,side,percent,time_s,curve,value,unit"];
  recording.swings.forEach((swing, s) =>
    topic.keys.forEach((key, k) =>
      rowOf(table, s, k).forEach((value, p) => {
        const time = (swing.start + (p / 100) * swing.length).toFixed(6);
        const told = Number.isNaN(value) ? "" : String(Number(value.toPrecision(6)));
        lines.push([recording.name, swing.id, swing.side, p, time, key, told, topic.unit || "1"].map(quoted).join(","));
      }),
    ),
  );
  return lines.join("\r\n") + "\r\n";
}

/** Quoted where needed; a text that a spreadsheet would take for a formula is kept from being one. */
function quoted(cell: string | number): string {
  const text = typeof cell === "string" && /^[=+@\t\r]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function fileName(name: string, topic: string): string {
  return `${name.replace(/[^\w.-]+/g, "_").slice(0, 80) || "trial"}_${topic}.csv`;
}

export function download(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
