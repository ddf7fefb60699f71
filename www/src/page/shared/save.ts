/** Downloads a file. */
export function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file);
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  // The browser reads the blob after the click; it starts well within a minute.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
