/** Pictures from other apps: shared with the installed page, opened with it, or copied. */
import { SHARE_PATH, SHARED_QUERY, siteCache } from "../../offline/protocol.ts";
import type { Activity } from "../session/activity.ts";
import type { Opener } from "./opener.ts";
import { t } from "../shared/words.ts";

declare global {
  interface Window {
    /** Has the files that the system opens with the installed page, in some browsers. */
    launchQueue?: { setConsumer(take: (launch: { files: readonly FileSystemFileHandle[] }) => void): void };
  }
}

export const canPaste = "clipboard" in navigator && "read" in navigator.clipboard;

/** Whether the page was opened for a shared picture; then takes that out of its address. */
export function wasShared(): boolean {
  if (location.search !== SHARED_QUERY) return false;
  history.replaceState(null, "", location.pathname + location.hash);
  return true;
}

/** Takes what was shared, which the service worker keeps until then. */
export async function takeShared(opener: Opener, activity: Activity): Promise<void> {
  const scope = new URL("./", document.baseURI).href;
  try {
    const cache = await caches.open(siteCache(scope));
    const address = scope + SHARE_PATH;
    const form = await (await cache.match(address))?.formData();
    await cache.delete(address);
    const files = form?.getAll("picture").filter((entry) => entry instanceof File) ?? [];
    if (files.length === 0) throw new Error();
    await openAll(opener, files);
  } catch {
    activity.remark(t("The shared picture did not arrive. Save it on this device, then open the file."));
  }
}

/** From now on, opens the files that the system opens with the page. */
export function takeLaunched(opener: Opener, activity: Activity): void {
  window.launchQueue?.setConsumer(({ files }) => {
    if (files.length === 0) return;
    Promise.all(files.map((handle) => handle.getFile())).then(
      (all) => openAll(opener, all),
      (error: unknown) => activity.remark(error),
    );
  });
}

/** Opens the picture, or the address of one, that was copied. */
export async function paste(opener: Opener, activity: Activity): Promise<void> {
  try {
    const copied = new DataTransfer();
    for (const item of await navigator.clipboard.read()) {
      for (const type of item.types) {
        const blob = await item.getType(type);
        if (type.startsWith("image/")) copied.items.add(new File([blob], "image", { type }));
        else copied.setData(type, await blob.text());
      }
    }
    await opener.openTransfer(copied);
  } catch {
    activity.remark(t("The browser does not let this page read what you copied. Allow it, or open a file."));
  }
}

function openAll(opener: Opener, files: readonly File[]): Promise<void> {
  return opener.openFiles({ files: files.map((file) => ({ file, folder: "" })), leftOut: 0 });
}
