const [input, image, output] = ["input", "img", "output"].map((name) =>
  document.querySelector(name),
);

const worker = new Worker(new URL("./worker.js", import.meta.url), {
  type: "module",
});
let last = 0;

input.onchange = () => {
  const [picture] = input.files;
  if (picture) worker.postMessage({ id: ++last, picture });
};

worker.onmessage = ({ data: { id, error, file, text } }) => {
  // Another picture was chosen meanwhile.
  if (id !== last) return;
  URL.revokeObjectURL(image.src);
  image.src = file ? URL.createObjectURL(file) : "";
  output.textContent = error ?? text;
};
