/** The file formats of the download. */
export interface Format {
  type: string;
  label: string;
  ending: string;
}

export const png: Format = { type: "image/png", label: "PNG", ending: "png" };

export const formats: readonly Format[] = [
  png,
  { type: "image/jpeg", label: "JPEG", ending: "jpg" },
  { type: "image/webp", label: "WebP", ending: "webp" },
];
