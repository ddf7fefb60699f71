/** The whole product, from ImageData to ImageData: pool, tiles, 8 bits, the result's hash. */
import { createUpscaler } from "/www/dist/splitsr.js";

/** `settings.workers`: how many it may use. */
export async function start({ workers }) {
  let upscaler;
  return {
    info: { workers },
    clamps: true,
    async setModel({ weights }) {
      upscaler?.destroy();
      upscaler = await createUpscaler({ model: new URL(weights, location.href), backend: "cpu", workers });
    },
    prepare(planes, height, width) {
      const picture = new ImageData(width, height);
      const area = width * height;
      for (let i = 0; i < area; i++) {
        for (let channel = 0; channel < 3; channel++) {
          picture.data[4 * i + channel] = Math.round(255 * planes[channel * area + i]);
        }
        picture.data[4 * i + 3] = 255;
      }
      return picture;
    },
    async run(picture) {
      const result = await upscaler.upscale(picture, { scale: upscaler.model.scale, tile: "auto" });
      return result.imageData();
    },
    async enlarge(file) {
      // The page takes the parts too, to show them.
      const onPart = () => undefined;
      const result = await upscaler.upscale(file, { scale: upscaler.model.scale, tile: "auto", onPart });
      const { data, width, height } = result.imageData();
      return { pixels: data.buffer, width, height };
    },
    planes({ data, width, height }) {
      const area = width * height;
      return Float32Array.from({ length: 3 * area }, (_, i) => data[4 * (i % area) + Math.floor(i / area)] / 255);
    },
    end: () => upscaler?.destroy(),
  };
}
