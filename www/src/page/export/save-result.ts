/** Writes the result to a file that the browser saves. */
import type { Session } from "../session/session.ts";
import { resultName, write } from "../shared/formats.ts";
import { save } from "../shared/save.ts";
import { noteText } from "../shared/text.ts";

export async function saveResult({ result, source: picture, files, activity }: Session): Promise<void> {
  if (!result || !picture) return;
  try {
    const { file, notes } = await write(result.upscaled, files, picture.file);
    save(file, `${resultName(picture.name, result.zoom)}.${files.format.ending}`);
    if (notes.length > 0) activity.say("done", `Saved. ${noteText(notes)}`);
  } catch (error) {
    activity.fail(error);
  }
}
