/**
 * The living supervision tree as text: names with box characters, and columns.
 *
 * @module
 */
import type { TreeNode } from "../../runtime/mod.ts";
import { fill, shorten, widthOf } from "./columns.ts";
import { type Row, rowsOf, type TreeCut } from "./tree_rows.ts";

/** How a tree is drawn. */
export interface TreeTextOptions extends TreeCut {
  /** Columns of the terminal; null: as wide as it gets. */
  readonly width: number | null;
  readonly colour: boolean;
}

type Colour = "dim" | "red" | "yellow" | "green";
type Paint = (colour: Colour, text: string) => string;

/** A line's cells; names and notes give way where the terminal is narrow. */
interface Cells extends Omit<Row, "state" | "restarts"> {
  readonly state: string;
  readonly restarts: string;
}

type Widths = Readonly<Record<"name" | "state" | "mail" | "restarts" | "uptime" | "note", number>>;

/** Names are not cut shorter than this for an error's sake. */
const NAME_MIN = 24;
/** Room for an error, as long as names can give way. */
const NOTE_MIN = 32;
const GAP = "  ";

const HEADING: Cells = {
  lead: "",
  name: "",
  state: "state",
  mail: "mail",
  restarts: "restarts",
  uptime: "uptime",
  note: "last error",
  isError: false,
};

/** The trees, a line for each of those shown, under a line of headings. Ends without a line break. */
export function treeText(roots: readonly TreeNode[], options: TreeTextOptions): string {
  const rows = rowsOf(roots, options).map((row) => ({ ...row, restarts: String(row.restarts) }));
  const lines: readonly Cells[] = [HEADING, ...rows];
  const widths = widthsOf(lines, options.width);
  const paint: Paint = options.colour ? painted : (_colour, text) => text;
  return lines.map((cells) => lineOf(cells, widths, paint)).join("\n");
}

function widthsOf(lines: readonly Cells[], width: number | null): Widths {
  const widest = (textOf: (cells: Cells) => string) =>
    lines.reduce((most, cells) => Math.max(most, widthOf(textOf(cells))), 0);
  const state = widest((cells) => cells.state);
  const mail = widest((cells) => cells.mail);
  const restarts = widest((cells) => cells.restarts);
  const uptime = widest((cells) => cells.uptime);
  const names = widest(({ lead, name }) => lead + name);
  const notes = widest(({ note }) => note);
  const figures = state + mail + restarts + uptime + 5 * GAP.length;
  const room = width === null ? names + notes : Math.max(0, width - figures);
  const name = Math.min(names, Math.max(NAME_MIN, room - Math.min(notes, NOTE_MIN)));
  return { name, state, mail, restarts, uptime, note: Math.max(0, room - name) };
}

function lineOf(cells: Cells, widths: Widths, paint: Paint): string {
  const { lead, name, state, mail, restarts, uptime, note, isError } = cells;
  const room = widths.name - widthOf(lead);
  return [
    paint("dim", lead) + fill(shorten(name, room), room),
    paint(COLOURS[state] ?? "dim", fill(state, widths.state)),
    paint(Number(mail) > 0 ? "yellow" : "dim", fill(mail, widths.mail, "start")),
    paint(Number(restarts) > 0 ? "yellow" : "dim", fill(restarts, widths.restarts, "start")),
    paint("dim", fill(uptime, widths.uptime)),
    paint(isError ? "red" : "dim", shorten(note, widths.note)),
  ].join(GAP).trimEnd();
}

const COLOURS: Readonly<Record<string, Colour>> = {
  running: "green",
  starting: "yellow",
  stopping: "yellow",
  restarting: "yellow",
  stopped: "red",
};

/** Select Graphic Rendition of ECMA-48: on and off. */
const CODES: Readonly<Record<Colour, readonly [number, number]>> = {
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
};

function painted(colour: Colour, text: string): string {
  if (text.trim() === "") return text;
  const [on, off] = CODES[colour];
  return `\x1b[${on}m${text}\x1b[${off}m`;
}
