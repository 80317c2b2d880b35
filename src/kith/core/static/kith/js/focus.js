// Takes the focus when it enters the page: the error summary of a form; its links jump to the fields.
export default function focus(element) {
  element.focus();
  element.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    const field = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!field) return;
    event.preventDefault();
    field.focus();
    field.scrollIntoView({ block: "center" });
  });
}
