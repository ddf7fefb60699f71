import { createUpscaler } from "splitsr";

let upscaler;

onmessage = async ({ data: picture }) => {
  try {
    // It stays: the next picture need not wait for the model.
    upscaler ??= await createUpscaler();
    const { width, height, report, blob } = await upscaler.upscale(picture, {
      scale: 2,
    });
    const text = `${width} × ${height}, SHA-256 ${report.outputSha256}`;
    postMessage({ file: await blob("image/png"), text });
  } catch (error) {
    postMessage({ error: error.message });
  }
};
