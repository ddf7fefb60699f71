import { createUpscaler } from "splitsr";

const [input, image, output] = ["input", "img", "output"].map((name) =>
  document.querySelector(name),
);

input.onchange = async () => {
  const [file] = input.files;
  // The choice was cancelled.
  if (!file) return;
  const upscaler = await createUpscaler({ assets: "splitsr/" });
  try {
    const { width, height, report, blob } = await upscaler.upscale(file, {
      scale: 2,
    });
    image.src = URL.createObjectURL(await blob("image/png"));
    output.textContent = `${width} × ${height}, SHA-256 ${report.outputSha256}`;
  } finally {
    upscaler.destroy();
  }
};
