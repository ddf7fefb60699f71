/** The demo pictures in `public/demo`; sources and licences are in its LICENCES.md. */

import { type Phrase } from "./words.ts";
export interface Demo {
  /** In links: `#img=demo:sign`. */
  id: string;
  title: Phrase;
  /** The alternative text. */
  description: Phrase;
  /** Whether it is a JPEG, as people have them; the others are clean. */
  isJpeg?: true;
}

export const demos: readonly Demo[] = [
  { id: "sign", title: "Sign", description: "A wooden road sign: welcome to colorful Colorado" },
  { id: "facade", title: "Façade", description: "The many windows of the Hawa Mahal" },
  { id: "fur", title: "Fur", description: "A golden retriever" },
  { id: "portrait", title: "Portrait", description: "A smiling girl with a pink hair band" },
  { id: "foliage", title: "Foliage", description: "Violet asters with leaves" },
  { id: "print", title: "Print", description: "A Japanese woodblock print of two officers, with script" },
  { id: "snapshot", title: "Snapshot, JPEG", description: "The smiling girl, strongly compressed", isJpeg: true },
  { id: "screenshot", title: "Screenshot, JPEG", description: "A compressed screenshot of a tide log", isJpeg: true },
];

export function demoUrl(id: string): string {
  const isJpeg = demos.some((demo) => demo.id === id && demo.isJpeg);
  return new URL(`demo/${id}.${isJpeg ? "jpg" : "png"}`, document.baseURI).href;
}

/** A small version, so that the page loads fast. */
export function thumbUrl(id: string): string {
  return new URL(`thumbs/${id}.webp`, document.baseURI).href;
}
