/** A large picture, enlarged while the page's frames are watched. */

const results = new Map();

/** A demo picture, repeated until it has this size, as a JPEG file in base64. */
export async function photograph(url, width, height) {
  const picture = await createImageBitmap(await (await fetch(url)).blob());
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  context.fillStyle = context.createPattern(picture, "repeat");
  context.fillRect(0, 0, width, height);
  const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 })).arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/**
 * Milliseconds from a picture's file to the result as the page could draw it, and the longest
 * frame meanwhile.
 */
export async function enlarge(contender, name, { url, tiles }) {
  const file = await (await fetch(url)).blob();
  const endWatch = watchFrames();
  const start = performance.now();
  const { pixels, width, height } = await contender.call("enlarge", { file, tiles });
  const result = new ImageData(new Uint8ClampedArray(pixels), width, height);
  const milliseconds = performance.now() - start;
  results.set(name, result);
  return { milliseconds, longestFrame: await endWatch(), width, height };
}

/**
 * Measures the gaps between callbacks of requestAnimationFrame. Returns a function that ends this
 * and gives the largest gap in milliseconds; it waits for the frames that show the end.
 */
function watchFrames() {
  let last = performance.now();
  let longest = 0;
  let left = Infinity;
  let ended;
  const frame = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    if (--left > 0) requestAnimationFrame(frame);
    else ended(longest);
  };
  requestAnimationFrame(frame);
  return () =>
    new Promise((resolve) => {
      ended = resolve;
      left = 2;
    });
}

/** How far two contenders' results are apart, in levels of 255. */
export function difference(a, b) {
  const [one, other] = [a, b].map((name) => results.get(name).data);
  if (one.length !== other.length) throw new Error(`${one.length} bytes, and not ${other.length}`);
  let largest = 0;
  let sum = 0;
  for (let i = 0; i < one.length; i++) {
    const apart = Math.abs(one[i] - other[i]);
    largest = Math.max(largest, apart);
    sum += apart;
  }
  return { largest, mean: sum / one.length };
}
