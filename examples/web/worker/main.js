const [input, image, output] = ["input", "img", "output"].map((name) =>
  document.querySelector(name),
);

const worker = new Worker(new URL("./worker.js", import.meta.url), {
  type: "module",
});

input.onchange = () => worker.postMessage(input.files[0]);

worker.onmessage = ({ data: { error, file, text } }) => {
  if (file) image.src = URL.createObjectURL(file);
  output.textContent = error ?? text;
};
