/** How far a wheel has turned, in pixels: some browsers report the lines of a mouse's wheel. */
export const wheelPixels = ({ deltaY, deltaMode }: WheelEvent): number =>
  deltaY * (deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1);
