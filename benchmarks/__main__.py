"""`python -m benchmarks`: all benchmarks, one after the other, and the page of them."""

from __future__ import annotations

from benchmarks import compare, filing, scaling, single, situations
from benchmarks.page import write_page
from benchmarks.results import keep
from benchmarks.running import options


def main() -> None:
    """Run all benchmarks, print what they found, and write the page."""
    parser = options("benchmarks", main.__doc__)
    for each in (compare, single, filing, scaling, situations):
        each.add_options(parser)
    arguments = parser.parse_args()
    for each in (compare, single, filing, scaling, situations):
        result = each.run(arguments)
        keep(result, arguments.docs / "benchmarks" / each.FILE)
        print("\n".join([*each.table(result), ""]), flush=True)
    write_page(arguments.docs)


if __name__ == "__main__":
    main()
