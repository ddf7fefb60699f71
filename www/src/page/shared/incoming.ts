/** Reads files, folders and addresses of pictures that are chosen, dropped or pasted. */

export interface IncomingFile {
  file: File;
  /** The folder that it was in, as "holiday/beach/"; empty if the file came alone. */
  folder: string;
}

export interface Incoming {
  files: readonly IncomingFile[];
  /** How many files in folders are left out, because they are not pictures or cannot be read. */
  leftOut: number;
}

/** Pictures whose type browsers do not know. */
const endings = /\.(tiff?|avif|hei[cf]|jxl|jfif|ico|cur|dib)$/i;

const isPicture = ({ name, type }: File): boolean => type.startsWith("image/") || endings.test(name);

/** Files that systems put into folders by themselves. */
const isHidden = (name: string): boolean => name.startsWith(".") || /^(thumbs\.db|desktop\.ini)$/i.test(name);

/** Takes the files of an input that has changed. */
export function filesOf({ target }: Event): File[] {
  const input = target as HTMLInputElement;
  const files = [...(input.files ?? [])];
  // The browser reports no change if the same file is chosen again.
  input.value = "";
  return files;
}

/** The same for pictures and folders of them. */
export function takeFiles(event: Event): Incoming {
  return sorted(filesOf(event).map((file) => ({ file, folder: file.webkitRelativePath.replace(/[^/]*$/, "") })));
}

/** Reads dropped or pasted files. Call it in the event's own task: the list is empty after that. */
export async function readFiles(transfer: DataTransfer | null): Promise<Incoming> {
  const files = [...(transfer?.files ?? [])];
  const entries = [...(transfer?.items ?? [])].map((item) => (item.kind === "file" ? item.webkitGetAsEntry() : null));
  if (!entries.some((entry) => entry?.isDirectory)) return sorted(files.map((file) => ({ file, folder: "" })));
  const found: IncomingFile[] = [];
  let unreadable = 0;
  for (const entry of entries) if (entry) unreadable += await walk(entry, "", found);
  const { files: pictures, leftOut } = sorted(found);
  return { files: pictures, leftOut: leftOut + unreadable };
}

/** Adds the files of a folder, or a single one. Returns how many cannot be read. */
async function walk(entry: FileSystemEntry, folder: string, found: IncomingFile[]): Promise<number> {
  if (entry.isFile) {
    const read = new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    const file = await read.catch(() => undefined);
    if (file) found.push({ file, folder });
    return file ? 0 : 1;
  }
  let unreadable = 0;
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // A hundred at a time; none: that was all.
    const more = new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    const some = await more.catch(() => {
      unreadable++;
      return [];
    });
    if (some.length === 0) return unreadable;
    for (const inside of some) {
      if (!isHidden(inside.name)) unreadable += await walk(inside, `${folder}${entry.name}/`, found);
    }
  }
}

/** Keeps every file that came alone, whatever it is, and the pictures of folders, in order. */
function sorted(all: readonly IncomingFile[]): Incoming {
  const inside = ({ file, folder }: IncomingFile) => `${folder}${file.name}`.split("/").slice(1);
  const visible = all.filter((one) => !inside(one).some(isHidden));
  const files = visible.filter(({ file, folder }) => !folder || isPicture(file));
  const { compare } = new Intl.Collator("en", { numeric: true });
  if (files.some(({ folder }) => folder)) {
    files.sort((a, b) => compare(a.folder, b.folder) || compare(a.file.name, b.file.name));
  }
  return { files, leftOut: visible.length - files.length };
}

/**
 * The address that was dropped or pasted, or other text. A picture's own address comes before that
 * of the page that it links to.
 */
export function readText(transfer: DataTransfer | null): { text: string; isPicture: boolean } {
  const get = (type: string) => transfer?.getData(type) ?? "";
  // A document that is made like this loads nothing.
  const page = new DOMParser().parseFromString(get("text/html"), "text/html");
  const source = page.querySelector("img[src]")?.getAttribute("src")?.trim();
  if (source) return { text: source, isPicture: true };
  const [line = ""] = get("text/uri-list")
    .split(/\r?\n/)
    .filter((line) => !line.startsWith("#"));
  return { text: line.trim() || get("text/plain").trim(), isPicture: false };
}
