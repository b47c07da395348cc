"""The web page: `python app.py`, then open the printed address in a browser."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from rag.errors import GroundwireError
from rag.visible import visible

EXAMPLES = """examples:
  python app.py                                  ./library, made from the sample articles on first use
  python app.py --library news --port 8080       a library built with: python -m ingest PATH --library news
  python app.py --library mine --empty           a new library, to be filled on the page
  python app.py --llm local                      answers written by the bundled model instead of quoted
  OPENAI_BASE_URL=http://127.0.0.1:8000/v1 python app.py --llm MODEL
"""

OFFLINE = {"GRADIO_ANALYTICS_ENABLED": "False", "HF_HUB_OFFLINE": "1", "TRANSFORMERS_OFFLINE": "1"}
"""Read by libraries when they are imported; nothing leaves the machine by itself."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit code: 0 stopped by the reader, 2 wrong usage, 3 an error told in one line."""
    options = _parser().parse_args(arguments)
    for name, value in OFFLINE.items():
        os.environ.setdefault(name, value)
    # Here and not above: they take two seconds; Gradio reads the environment, and may connect to nothing.
    from rag.network_seal import seal_process

    try:
        seal_process(vars(options), names=[options.host])
        from web.startup import Start, run

        start = Start.WITH_SAMPLES if options.samples else Start.EMPTY if options.empty else Start.AS_IT_IS
        run(options.library, options.host, options.port, options.llm, start=start, password_file=options.password_file)
    except GroundwireError as error:
        print(f"groundwire: {visible(str(error))}", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        print(file=sys.stderr)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="app.py",
        description="Serve the web page: ask the articles of a library, and check every sentence of the answer.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--library", type=Path, metavar="DIR", help="library to open (default: ./library)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=7860, help="port, 0 for any free one (default: %(default)s)")
    parser.add_argument("--llm", metavar="X", help="auto, none, local, or a model name (default: auto)")
    parser.add_argument(
        "--password-file", type=Path, metavar="FILE", help="ask everybody for the password in the first line of FILE"
    )
    start = parser.add_mutually_exclusive_group()
    start.add_argument("--samples", action="store_true", help="add the sample articles to the library first")
    start.add_argument("--empty", action="store_true", help="begin with an empty library, to be filled on the page")
    return parser


if __name__ == "__main__":
    sys.exit(main())
