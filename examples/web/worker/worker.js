import { createUpscaler } from "splitsr";

let upscaler;

onmessage = async ({ data: { id, picture } }) => {
  try {
    // It stays: the next picture need not wait for the model.
    upscaler ??= createUpscaler();
    const engine = await upscaler.catch((error) => {
      upscaler = undefined; // The next picture tries again.
      throw error;
    });
    const { width, height, report, blob } = await engine.upscale(picture, {
      scale: 2,
    });
    const text = `${width} × ${height}, SHA-256 ${report.outputSha256}`;
    postMessage({ id, file: await blob("image/png"), text });
  } catch (error) {
    postMessage({ id, error: error.message });
  }
};
