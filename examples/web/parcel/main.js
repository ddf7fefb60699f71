import { createUpscaler } from "splitsr";

const [input, image, output] = ["input", "img", "output"].map((name) =>
  document.querySelector(name),
);

input.onchange = async () => {
  const upscaler = await createUpscaler();
  const { width, height, report, blob } = await upscaler.upscale(
    input.files[0],
    { scale: 2 },
  );
  image.src = URL.createObjectURL(await blob("image/png"));
  output.textContent = `${width} × ${height}, SHA-256 ${report.outputSha256}`;
  upscaler.destroy();
};
