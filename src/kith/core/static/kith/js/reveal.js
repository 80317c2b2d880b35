// Shows the password in the input named by data-for.
export default function reveal(button) {
  const input = document.getElementById(button.dataset.for);
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
    input.focus();
  });
}
