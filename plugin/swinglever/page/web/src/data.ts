/** What Python wrote into the page, and how its arrays are unpacked (see payload.py). */

export interface Table {
  shape: number[];
  values: Float32Array;
}

export interface SwingFacts {
  id: string;
  side: "l" | "r";
  start: number;
  length: number;
  events: Record<string, number>;
  verdict: string;
}

export interface TopicFacts {
  id: string;
  title: string;
  unit: string;
  keys: string[];
  labels: string[];
  stacks: boolean;
}

export interface FigureFacts {
  bodies: string[];
  bones: number[];
  /** Bodies of each leg, by side. */
  legs: Record<string, number[]>;
  sticks: [number, number, number, number, number][];
  muscles: { names: string[]; points: number; bodies: number[]; crosses: boolean[] } | null;
  ghosts: { case: string; label: string }[];
}

export interface Recording {
  name: string;
  speed: number | null;
  swings: SwingFacts[];
  topics: TopicFacts[];
  figure?: FigureFacts;
  tables: Map<string, Table>;
}

interface Packed extends Omit<Recording, "tables"> {
  data: string;
  arrays: Record<string, { shape: number[]; offset: number; scale: number; middle: number }>;
}

/** Unpack one recording. */
export async function readRecording(text: string): Promise<Recording> {
  const { data, arrays, ...facts } = JSON.parse(text) as Packed;
  const bytes = await inflate(data);
  const tables = new Map(Object.entries(arrays).map(([name, a]) => [name, unpack(bytes, a)]));
  return { ...facts, tables };
}

async function inflate(base64: string): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

function unpack(bytes: Uint8Array, a: { shape: number[]; offset: number; scale: number; middle: number }): Table {
  const count = a.shape.reduce((product, n) => product * n, 1);
  const row = a.shape[a.shape.length - 1] || 1;
  const values = new Float32Array(count);
  let step = 0;
  for (let k = 0; k < count; k++) {
    if (k % row === 0) step = 0;
    step = (step + bytes[a.offset + k] + 256 * bytes[a.offset + count + k]) & 0xffff;
    const signed = step > 32767 ? step - 65536 : step;
    values[k] = signed === -32768 ? NaN : a.middle + a.scale * signed;
  }
  return { shape: a.shape, values };
}

/** One row of a table's last axis. */
export function rowOf(table: Table, ...index: number[]): Float32Array {
  let offset = 0;
  for (let k = 0; k < index.length; k++) offset = offset * table.shape[k] + index[k];
  const length = table.shape.slice(index.length).reduce((product, n) => product * n, 1);
  return table.values.subarray(offset * length, (offset + 1) * length);
}

/** The value of evenly spaced samples at a share (0 to 1) of their length, straight between them. */
export function sample(row: Float32Array, share: number): number {
  const place = Math.min(Math.max(share, 0), 1) * (row.length - 1);
  const low = Math.min(Math.floor(place), row.length - 2);
  return row[low] + (place - low) * (row[low + 1] - row[low]);
}
