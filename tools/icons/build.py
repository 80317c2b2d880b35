"""Rebuild the icon sprite from the npm package lucide-static (developers only).

npm install --prefix /tmp/icons lucide-static
python tools/icons/build.py /tmp/icons/node_modules/lucide-static/icons
"""

import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
SPRITE = HERE.parents[1] / "src/kith/core/static/kith/icons.svg"


def symbol(folder: Path, name: str) -> str:
    """One icon as a symbol named i-<name>."""
    drawing = re.search(r"<svg[^>]*>(.*?)</svg>", (folder / f"{name}.svg").read_text(), re.S)
    if drawing is None:
        raise SystemExit(f"{name}.svg holds no drawing")
    body = re.sub(r"\n *", "", drawing[1])
    return f'<symbol id="i-{name}" viewBox="0 0 24 24">{body}</symbol>'


def main() -> None:
    """Write the sprite of all names in names.txt, one symbol a line."""
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    folder = Path(sys.argv[1])
    names = sorted(set((HERE / "names.txt").read_text().split()))
    symbols = "\n".join(symbol(folder, name) for name in names)
    SPRITE.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n')
    print(f"{len(names)} icons in {SPRITE.name}")


if __name__ == "__main__":
    main()
