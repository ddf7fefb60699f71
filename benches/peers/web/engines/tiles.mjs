/**
 * A picture cut into tiles by hand, for a runtime that runs a network on what it is given: the way
 * a page's author would do it. All tiles have the same size, so that the runtime need not prepare
 * itself for another one: those at the edges lie farther inside.
 */

/**
 * Enlarges a file's picture. `run(planes, width, height)` gives a tile's planes, enlarged. `side`:
 * about that of the part that is kept of a tile; `halo`: pixels around it.
 */
export async function enlargeInTiles(file, { side, halo, scale }, run) {
  const bitmap = await createImageBitmap(file);
  const { width, height } = bitmap;
  const source = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  source.drawImage(bitmap, 0, 0);
  bitmap.close();
  const result = { pixels: new Uint8ClampedArray(4 * width * height * scale ** 2), width: scale * width };
  for (const y of cut(height, side, halo)) {
    for (const x of cut(width, side, halo)) {
      const { data } = source.getImageData(x.from, y.from, x.size, y.size);
      paste(result, await run(toPlanes(data), x.size, y.size), { x, y, scale });
    }
  }
  return { pixels: result.pixels.buffer, width: scale * width, height: scale * height };
}

/**
 * Divides a length into parts of about `side`. Each is computed from `size` pixels that begin at
 * `from`, and kept from `start` to `end`.
 */
function cut(length, side, halo) {
  const count = Math.ceil(length / side);
  const part = Math.ceil(length / count);
  const size = Math.min(length, part + 2 * halo);
  return Array.from({ length: count }, (_, i) => ({
    start: i * part,
    end: Math.min(length, (i + 1) * part),
    from: Math.min(Math.max(0, i * part - halo), length - size),
    size,
  }));
}

function toPlanes(data) {
  const area = data.length / 4;
  const planes = new Float32Array(3 * area);
  for (let i = 0; i < area; i++) {
    planes[i] = data[4 * i] / 255;
    planes[area + i] = data[4 * i + 1] / 255;
    planes[2 * area + i] = data[4 * i + 2] / 255;
  }
  return planes;
}

/** The array of bytes rounds and clamps. */
function paste({ pixels, width }, planes, { x, y, scale }) {
  const tileWidth = scale * x.size;
  const area = tileWidth * scale * y.size;
  for (let row = scale * y.start; row < scale * y.end; row++) {
    let to = 4 * (row * width + scale * x.start);
    let from = (row - scale * y.from) * tileWidth + scale * (x.start - x.from);
    for (const end = from + scale * (x.end - x.start); from < end; from++, to += 4) {
      pixels[to] = 255 * planes[from];
      pixels[to + 1] = 255 * planes[area + from];
      pixels[to + 2] = 255 * planes[2 * area + from];
      pixels[to + 3] = 255;
    }
  }
}
