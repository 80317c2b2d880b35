"""kith figures: which reports and grouped lists are kept ready, whether their figures are those of the records; build them where the role of the running Kith may not."""

from argparse import ArgumentParser, Namespace

from kith.core.errors import Refused
from kith.core.kept import building, checking

help = "Tell which reports and grouped lists are kept ready; build them as the owner of the tables, or compare them with the records."


def arguments(parser: ArgumentParser) -> None:
    """What stands after `kith figures`."""
    steps = ("show", "keep", "check")
    parser.add_argument("step", choices=steps, nargs="?", default="show", help="keep: build what is missing, drop what nobody wants. check: compare with the records.")  # fmt: skip


def run(options: Namespace) -> int:
    """Ends with 1 when figures could not be built, or are not those of the records."""
    if options.step == "keep":
        try:
            done = building.settle()
        except Refused as refused:
            print("kith: " + "; ".join(str(text) for texts in refused.errors.values() for text in texts))
            return 1
        print(f"Built: {done['built']}, dropped: {done['dropped']}, folded: {building.fold(0)}.")
    wrong = checking.differing() if options.step == "check" else {}
    for name, state in checking.states():
        print(f"{name}: {state}")
    for key, count in wrong.items():
        print(
            f"kith: {key} differs from the records in {count} groups; `kith figures keep` after the job of the night, or now: it is read no more."
        )
    if wrong:
        checking.distrust(wrong)
    return int(bool(wrong))
