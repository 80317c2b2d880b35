// A form whose answer is a file: the page stays, so the dialog shuts itself.
export default function download(form) {
  form.addEventListener("submit", () => setTimeout(() => form.closest("dialog")?.close(), 0));
}
