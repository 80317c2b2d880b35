// A chart as a picture: SVG with its colours written out, or PNG drawn from that; buttons data-save="svg" and "png".
const KEPT = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
  "opacity", "font-family", "font-size", "font-weight", "text-anchor"];
const SCALE = 2;

const shown = (figure) => [...figure.querySelectorAll(".drawn svg.chart")].find((svg) => svg.getClientRects().length);

/** A copy that looks the same without the style sheet, on the colour of the page. */
export function standalone(svg) {
  const copy = svg.cloneNode(true);
  const [originals, copies] = [[svg, ...svg.querySelectorAll("*")], [copy, ...copy.querySelectorAll("*")]];
  originals.forEach((element, at) => {
    const style = getComputedStyle(element);
    for (const name of KEPT) {
      const value = style.getPropertyValue(name);
      // A pattern is named by its address here; in a file it is only a part of it.
      if (value) copies[at].setAttribute(name, value.replace(/url\("[^"]*#([^"]+)"\)/, "url(#$1)"));
    }
    copies[at].removeAttribute("class");
  });
  copy.querySelectorAll("a").forEach((link) => link.setAttribute("href", link.href.baseVal ? new URL(link.href.baseVal, location.href).href : "#"));
  const ground = document.createElementNS(copy.namespaceURI, "rect");
  ground.setAttribute("width", "100%");
  ground.setAttribute("height", "100%");
  ground.setAttribute("fill", getComputedStyle(document.querySelector(".main") ?? document.body).backgroundColor);
  copy.insertBefore(ground, copy.querySelector("desc")?.nextSibling ?? copy.firstChild);
  copy.setAttribute("xmlns", copy.namespaceURI);
  return new XMLSerializer().serializeToString(copy);
}

/** The picture as a blob of pixels; the image is a data: address, which the policy allows. */
export async function pixels(svg) {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
  await image.decode();
  const { width, height } = svg.viewBox.baseVal;
  const canvas = Object.assign(document.createElement("canvas"), { width: width * SCALE, height: height * SCALE });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function save(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

export default function chart(figure) {
  const name = (figure.dataset.name || "chart").replace(/[\\/:*?"<>|]+/g, " ").trim();
  figure.addEventListener("click", async (event) => {
    const kind = event.target.closest("[data-save]")?.dataset.save;
    const svg = shown(figure);
    if (!kind || !svg) return;
    const blob = kind === "png" ? await pixels(svg) : new Blob([standalone(svg)], { type: "image/svg+xml" });
    save(blob, `${name}.${kind}`);
  });
}
