/** Says in words why the file system refused something. */
const reasons: Record<string, string> = {
  EACCES: "there is no permission",
  EEXIST: "it already exists",
  EISDIR: "it is a folder",
  ENOENT: "there is no such file or folder",
  ENOSPC: "the disk is full",
  ENOTDIR: "part of its path is not a folder",
  EPERM: "there is no permission",
  EROFS: "the disk is read-only",
};

/** As part of a sentence. */
export function reason(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  return reasons[code] ?? message;
}
