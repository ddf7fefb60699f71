/** Rectangles in pixels of a picture. */
import type { Area } from "../../module/core.ts";

/** The area and `margin` more pixels on each side, within the picture. */
export function widened(
  { left, top, width, height }: Area,
  margin: number,
  picture: { width: number; height: number },
): Area {
  const along = (start: number, side: number, max: number) => {
    const from = Math.max(0, start - margin);
    return [from, Math.min(max, start + side + margin) - from] as const;
  };
  const [x, columns] = along(left, width, picture.width);
  const [y, rows] = along(top, height, picture.height);
  return { left: x, top: y, width: columns, height: rows };
}

export const isEqual = (a: Area, b: Area): boolean =>
  a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;
