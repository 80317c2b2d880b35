// A drop place for files (.drop with an input type=file over it): shows what was chosen; data-send submits its form at once.
export default function upload(place) {
  const input = place.querySelector("input[type=file]");
  const shown = place.querySelector("[data-file-name]");

  function chosen() {
    if (shown) shown.textContent = [...input.files].map((file) => file.name).join(", ");
    if (input.files.length && "send" in place.dataset) input.form?.requestSubmit();
  }

  for (const type of ["dragenter", "dragover"]) place.addEventListener(type, () => place.classList.add("is-over"));
  for (const type of ["dragleave", "drop"]) place.addEventListener(type, () => place.classList.remove("is-over"));
  input.addEventListener("change", chosen);
  // A quick hand chooses a file before this script has arrived; after "back" the browser brings the old choice, which stays.
  if (input.files.length && performance.getEntriesByType("navigation")[0]?.type === "navigate") chosen();
}
