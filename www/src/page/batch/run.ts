/** Enlarges several pictures one after another into a zip file. */
import type { CleanUp, Schedule, Slice, Upscaler } from "../../module/core.ts";
import type { Batch } from "../session/batch.ts";
import { resultName, safeName, write, type FileSettings, type Format } from "../shared/formats.ts";
import { save } from "../shared/save.ts";
import { noteText, withoutEnding } from "../shared/text.ts";
import { zip } from "./zip.ts";
import { plural, t } from "../shared/words.ts";

/** How each picture is enlarged and written. */
interface BatchTask {
  upscaler: Upscaler;
  zoom: number;
  clean: CleanUp;
  network: Slice & Schedule;
  settings: FileSettings;
  signal: AbortSignal;
  onProgress: (fraction: number, text: string) => void;
}

/** Enlarges what is not done yet. A picture that fails does not stop the others. */
export async function runBatch(
  batch: Batch,
  { upscaler, zoom, clean, network, settings, signal, onProgress }: BatchTask,
): Promise<void> {
  const { length } = batch.items;
  for (const [index, { file }] of batch.items.entries()) {
    if (batch.items[index]?.result) continue;
    const text = t`Enlarging ${index + 1} of ${length}: ${file.name}…`;
    const show = (fraction: number) => onProgress((index + fraction) / length, text);
    batch.update(index, { state: "working" });
    show(0);
    try {
      const onFraction = ({ fraction }: { fraction: number }) => show(fraction);
      const options = { scale: zoom, clean, ...network, signal, onProgress: onFraction };
      const upscaled = await upscaler.upscale(file, options);
      const { file: result, notes } = await write(upscaled, settings, file);
      // A cancelled batch may have other settings by now.
      signal.throwIfAborted();
      batch.update(index, { state: "done", result, why: noteText([...upscaled.report.notes, ...notes]) });
    } catch (error) {
      batch.update(index, { state: signal.aborted ? "waiting" : "failed" });
      signal.throwIfAborted();
      batch.update(index, { why: error instanceof Error ? error.message : String(error) });
    }
  }
}

/** Saves the finished results, if there are any. */
export async function saveBatch(batch: Batch, zoom: number, format: Format, signal: AbortSignal): Promise<void> {
  if (batch.done > 0) save(await zipBatch(batch, zoom, format, signal), `${resultName("pictures", zoom)}.zip`);
}

export function outcome({ done, failed, items }: Batch): string {
  const { length } = items;
  const saved = plural(length, "Saved {0} of {1} picture.", "Saved {0} of {1} pictures.", done, length);
  if (failed === 0) return saved;
  return `${saved} ${plural(failed, "{0} could not be enlarged; the list says why.", "{0} could not be enlarged; the list says why.", failed)}`;
}

/** The finished results as a zip file, in the folders that the pictures came from. */
function zipBatch({ items }: Batch, zoom: number, { ending }: Format, signal: AbortSignal): Promise<Blob> {
  const files = new Map<string, Blob>();
  // Some systems ignore differences in case or in how an accent is encoded.
  const taken = new Set<string>();
  for (const { file, folder, result } of items) {
    if (!result) continue;
    const inside = folder.split("/").filter(Boolean).map(safeName);
    const base = [...inside, resultName(withoutEnding(file.name), zoom)].join("/");
    const key = (name: string) => name.normalize("NFC").toLowerCase();
    let name = `${base}.${ending}`;
    for (let copy = 2; taken.has(key(name)); copy++) name = `${base} (${copy}).${ending}`;
    taken.add(key(name));
    files.set(name, result);
  }
  return zip(files, signal);
}
